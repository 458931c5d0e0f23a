import { mdiCancel, mdiCheckCircle, mdiCloseCircle, mdiClockOutline, mdiProgressClock } from '@mdi/js'
import type { Job } from '@/api/types'

export const STATE_ICONS: Record<Job['state'], string> = {
  waiting: mdiClockOutline,
  running: mdiProgressClock,
  done: mdiCheckCircle,
  failed: mdiCloseCircle,
  cancelled: mdiCancel,
}

/** The name that a job's file is saved under. */
export function nameOf(job: Job): string {
  const ending = 'format' in job.parameters ? `.${job.parameters.format === 'cpa_stats' ? 'csv' : job.parameters.format}` : ''
  return `${job.kind}-${job.id.slice(0, 8)}${ending}`
}

/** What a job was asked for, in a word: a format, a trunk's name. */
export function wishOf(parameters: Job['parameters']): string {
  if ('format' in parameters) return parameters.format
  return ('dialer' in parameters && parameters.dialer) || ''
}

/** A result as rows: names with plain values first; lists of calls are links. */
export function rowsOf(result: Job['result']): [string, string][] {
  return Object.entries(result ?? {})
    .filter(([, value]) => typeof value !== 'object')
    .map(([key, value]) => [key, String(value)])
}

/** A call that would be judged otherwise: verdicts of a replay, prompts of a trial. */
export interface Changed {
  call: string
  before: string | null
  after: string | null
}

const REPLAYED = ['lost', 'saved', 'caught', 'let_through'] as const
const TRIED = ['now', 'no_more', 'otherwise'] as const

/** Calls by what would become of them (lost, saved, …), the newest of each kind by name. */
export function kindsOf(result: Job['result']): { kind: string; count: number; calls: Changed[] }[] {
  if (!result) return []
  if ('lost' in result) {
    return REPLAYED.map((kind) => ({ kind, count: result[kind].count, calls: result[kind].calls.map(({ call, before, after }) => ({ call, before, after })) }))
  }
  if ('now' in result) {
    return TRIED.map((kind) => ({ kind, count: result[kind].count, calls: result[kind].calls.map(({ call, published, draft }) => ({ call, before: published, after: draft })) }))
  }
  return []
}
