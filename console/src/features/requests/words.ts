// What a request is in words: states, kinds, times and the lines of its history, as keys of i18n.

import {
  mdiAccountQuestionOutline, mdiArchiveCheckOutline, mdiCallMerge, mdiCancel, mdiCheckCircleOutline, mdiClockOutline, mdiInboxArrowDownOutline, mdiProgressWrench,
} from '@mdi/js'
import type { RequestClock } from '@/api/types'

export const STATES = ['registered', 'in_progress', 'clarification_requested', 'waiting', 'solution_provided', 'closed', 'rejected', 'merged'] as const
export const KINDS = ['incident', 'mass_incident', 'consultation', 'development'] as const
export const PRIORITIES = ['critical', 'high', 'normal', 'low'] as const
export type State = (typeof STATES)[number]

export const STATE_ICONS: Record<string, string> = {
  registered: mdiInboxArrowDownOutline, in_progress: mdiProgressWrench, clarification_requested: mdiAccountQuestionOutline, waiting: mdiClockOutline,
  solution_provided: mdiCheckCircleOutline, closed: mdiArchiveCheckOutline, rejected: mdiCancel, merged: mdiCallMerge,
}

/** Nothing leads on from there but a new request. */
export function isOver(state: string): boolean {
  return state === 'closed' || state === 'rejected' || state === 'merged'
}

/** In a list a time is marked when less than this is left: a specialist who sees it can still answer. */
const SOON_MS = 3_600_000

export type Urgency = 'late' | 'soon' | 'fine'

/** How a time stands to now. `warn` is the moment from which it is marked. */
export function urgency(due: number, now: number, warn = due - SOON_MS): Urgency {
  if (due <= now) return 'late'
  return warn <= now ? 'soon' : 'fine'
}

/** Which words a clock is told with; a clock that runs is told by its urgency. */
export function clockFace(clock: RequestClock, now: number): 'idle' | 'paused' | 'met' | 'missed' | Urgency {
  if (clock.state === 'running' && clock.due_ms !== null) return urgency(clock.due_ms, now, clock.warn_ms ?? clock.due_ms)
  if (clock.state === 'paused' || clock.state === 'met' || clock.state === 'missed') return clock.state
  return 'idle'
}

/** A line of the history: the key of its words, and the keys of what stands in them. */
export interface Line {
  key: string
  parts: Record<string, string>
}

/** What happened, as the desk's log has it, in words. What a newer server tells is shown as "changed". */
export function lineOf(what: unknown): Line {
  const said = (typeof what === 'object' && what !== null ? what : {}) as Record<string, unknown>
  const text = (key: string) => (typeof said[key] === 'string' ? (said[key] as string) : '')
  switch (said['what']) {
    case 'registered':
      return { key: 'requests.happened.registered', parts: { door: `requests.door.${text('door')}` } }
    case 'message':
      return { key: text('side') === 'internal' ? 'requests.happened.note' : 'requests.happened.message', parts: {} }
    case 'moved': {
      const why = (said['why'] ?? {}) as Record<string, unknown>
      const parts: Record<string, string> = { to: `requests.state.${text('to')}` }
      if (why['why'] === 'waits' && typeof why['reason'] === 'string') return { key: 'requests.happened.waits', parts: { ...parts, reason: `requests.reason.${why['reason']}` } }
      return { key: why['why'] === 'not_solved' ? 'requests.happened.not_solved' : why['why'] === 'expired' ? 'requests.happened.expired' : 'requests.happened.moved', parts }
    }
    case 'assigned':
      return { key: said['to'] ? 'requests.happened.assigned' : 'requests.happened.unassigned', parts: {} }
    case 'retyped':
      return { key: 'requests.happened.retyped', parts: { kind: `requests.kind.${text('kind')}` } }
    case 'hurried':
      return { key: 'requests.happened.hurried', parts: { priority: `requests.priority.${text('priority')}` } }
    case 'attached':
      return { key: said['mass'] ? 'requests.happened.attached' : 'requests.happened.detached', parts: {} }
    default:
      return { key: 'requests.happened.changed', parts: {} }
  }
}
