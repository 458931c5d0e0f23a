// Events of the recording and tellings of the call as marks on the axis.

import type { CallDetail, Hearing, Telling } from '@/api/types'
import { groupOf, type Group } from '@/words/classes'

export interface Mark {
  t_ms: number
  until_ms?: number | null
  words: string
  group: Group
}

/** Which group's colour an event of the detector takes. */
export function groupOfEvent(what: string): Group {
  const word = what.split(/[ .:(]/)[0] ?? ''
  if (['ringback', 'ringing', 'melody', 'music'].includes(word)) return 'progress'
  if (['busy', 'congestion', 'tone', 'sit', 'dtmf'].includes(word)) return 'tone'
  if (['beep', 'fax', 'modem', 'machine', 'greeting'].includes(word)) return 'machine'
  if (['prompt', 'announcement', 'match'].includes(word)) return 'announcement'
  if (['speech', 'voice', 'human'].includes(word)) return 'person'
  if (['silence', 'gap'].includes(word)) return 'silence'
  return groupOf(what)
}

/** When a telling was told, from the beginning of the call: its own time counts from its phase's. */
export function toldAt(call: CallDetail, telling: Telling): number {
  const after = telling.phase === 'post' || telling.phase === 'answered'
  return telling.t_ms + (after ? (call.answered_ms ?? 0) : (call.detail.early_ms ?? 0))
}

export function marksOf(hearing: Hearing | undefined, call: CallDetail, wordsOf: (telling: Telling) => string): Mark[] {
  const heard = (hearing?.events ?? []).map((event) => ({
    t_ms: event.t_ms,
    until_ms: event.until_ms ?? null,
    words: [event.what, event.detail].filter(Boolean).join(' '),
    group: groupOfEvent(event.what),
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
