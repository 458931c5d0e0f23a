// Events of the recording and tellings of the call as marks on the axis.

import type { CallDetail, Hearing, Telling } from '@/api/types'
import { groupOf, type Group } from '@/words/classes'

export type Event = Hearing['events'][number]

export interface Mark {
  t_ms: number
  until_ms?: number | null
  words: string
  group: Group
}

/** Which group's colour an event of the detector takes. */
const EVENT_GROUPS: Record<string, Group> = {
  progress: 'progress', melody: 'progress', music: 'progress',
  tone: 'tone', sit: 'tone', digits: 'tone',
  beep: 'machine', data: 'machine', greeting_end: 'machine',
  prompt: 'announcement', candidate: 'announcement',
  speech: 'person',
  silence: 'silence', gap: 'silence', noise: 'silence',
}

/** When a telling was told, from the beginning of the call: its own time counts from its phase's. */
export function toldAt(call: CallDetail, telling: Telling): number {
  return telling.t_ms + (telling.phase === 'post' ? (call.answered_ms ?? 0) : (call.detail.early_ms ?? 0))
}

/** Where in the call its recording begins: the answer stands in both; without one, it begins with the early media. */
export function recordedFrom(call: CallDetail, hearing: Hearing): number {
  if (call.answered_ms !== null && hearing.answered_ms !== null) return call.answered_ms - hearing.answered_ms
  return call.detail.early_ms ?? 0
}

export function marksOf(hearing: Hearing | undefined, call: CallDetail, wordsOf: (one: Telling | Event) => string): Mark[] {
  const begin = hearing ? recordedFrom(call, hearing) : 0
  // The answer has a line of its own; silence is what is left.
  const heard = (hearing?.events ?? [])
    .filter((event) => event.what !== 'answered' && event.what !== 'silence')
    .map((event) => ({
      t_ms: begin + event.t_ms,
      until_ms: begin + event.end_ms,
      words: wordsOf(event),
      group: EVENT_GROUPS[event.what] ?? 'unknown',
    }))
  const told = (call.detail.tellings ?? [])
    .filter((telling) => telling.class || telling.event)
    .map((telling) => ({
      t_ms: toldAt(call, telling),
      words: wordsOf(telling),
      group: groupOf(telling.class ?? ''),
    }))
  return [...heard, ...told].sort((a, b) => a.t_ms - b.t_ms)
}
