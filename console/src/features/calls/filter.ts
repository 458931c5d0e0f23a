// Which calls are listed. The filter is the page's address: it can be sent, kept as a view, and gone back to.

import type { Call } from '@/api/types'
import { CLASSES, groupOf, type Group } from '@/words/classes'

export type Period = 'hour' | 'today' | 'day' | 'week' | 'month' | 'all' | 'range'
export const PERIODS: Period[] = ['hour', 'today', 'day', 'week', 'month', 'all', 'range']

/** Texts that have to be equal, or a part of it (numbers). */
export const TEXTS = ['callee', 'caller', 'reference', 'dialer', 'carrier', 'campaign', 'operator', 'prompt'] as const
export const FLAGS = ['answered', 'recorded', 'deaf'] as const

export interface Filter {
  period: Period
  /** Ends of a range, Unix milliseconds. */
  from: number | null
  until: number | null
  classes: string[]
  texts: Partial<Record<(typeof TEXTS)[number], string>>
  flags: Partial<Record<(typeof FLAGS)[number], boolean>>
  /** Only verdicts that are less sure than this, 0 to 1. */
  below: number | null
}

/** What stands in an address's query. */
export type Query = Record<string, string>

export function emptyFilter(): Filter {
  return { period: 'day', from: null, until: null, classes: [], texts: {}, flags: {}, below: null }
}

export function fromQuery(query: Record<string, unknown>): Filter {
  const filter = emptyFilter()
  const text = (key: string) => (typeof query[key] === 'string' ? (query[key] as string) : '')
  if ((PERIODS as string[]).includes(text('period'))) filter.period = text('period') as Period
  filter.from = whole(text('from'))
  filter.until = whole(text('until'))
  filter.classes = text('class').split(',').filter(Boolean)
  for (const key of TEXTS) if (text(key)) filter.texts[key] = text(key)
  for (const key of FLAGS) if (text(key)) filter.flags[key] = text(key) === 'yes'
  const below = Number(text('below'))
  if (below > 0 && below <= 1) filter.below = below
  return filter
}

export function toQuery(filter: Filter): Query {
  const query: Query = {}
  if (filter.period !== 'day') query['period'] = filter.period
  if (filter.period === 'range') {
    if (filter.from !== null) query['from'] = String(filter.from)
    if (filter.until !== null) query['until'] = String(filter.until)
  }
  if (filter.classes.length) query['class'] = filter.classes.join(',')
  for (const key of TEXTS) if (filter.texts[key]) query[key] = filter.texts[key]
  for (const key of FLAGS) if (filter.flags[key] !== undefined) query[key] = filter.flags[key] ? 'yes' : 'no'
  if (filter.below !== null) query['below'] = String(filter.below)
  return query
}

/** What the API is asked for. */
export function toRequest(filter: Filter, now: number): Record<string, string | number | boolean> {
  const asked: Record<string, string | number | boolean> = {}
  const [from, until] = bounds(filter, now)
  if (from !== null) asked['from_ms'] = from
  if (until !== null) asked['until_ms'] = until
  if (filter.classes.length) asked['class'] = filter.classes.join(',')
  for (const key of TEXTS) if (filter.texts[key]) asked[key] = filter.texts[key]
  for (const key of FLAGS) if (filter.flags[key] !== undefined) asked[key] = filter.flags[key]
  if (filter.below !== null) asked['confidence_below'] = filter.below
  return asked
}

/** Does a call that has just come belong into the list? */
export function matches(filter: Filter, call: Call, now: number): boolean {
  const [from, until] = bounds(filter, now)
  if (from !== null && call.began_ms < from) return false
  if (until !== null && call.began_ms >= until) return false
  if (filter.classes.length && !filter.classes.includes(call.class ?? 'none')) return false
  for (const key of TEXTS) {
    const wanted = filter.texts[key]
    if (!wanted) continue
    const got = call[key] ?? ''
    if (key === 'callee' || key === 'caller' ? !numberFits(got, wanted) : got !== wanted) return false
  }
  if (filter.flags.answered !== undefined && filter.flags.answered !== (call.answered_ms !== null)) return false
  if (filter.flags.recorded !== undefined && filter.flags.recorded !== call.recorded) return false
  if (filter.flags.deaf !== undefined && filter.flags.deaf !== Boolean(call.deaf)) return false
  if (filter.below !== null && !(call.confidence !== null && call.confidence < filter.below)) return false
  return true
}

/** How many conditions stand beside the period: shown on the button that opens them. */
export function conditions(filter: Filter): number {
  return Object.values(filter.texts).filter(Boolean).length + Object.keys(filter.flags).length + Number(filter.below !== null)
}

/** All classes of a group, for choosing them at once. */
export function classesOf(group: Group): string[] {
  return CLASSES.filter((name) => groupOf(name) === group)
}

/** Numbers are looked for by their beginning, or by `*` and their last digits, as the API does. */
function numberFits(number: string, wanted: string): boolean {
  return wanted.startsWith('*') ? number.endsWith(wanted.slice(1)) : number.startsWith(wanted)
}

const HOUR = 3_600_000

function bounds(filter: Filter, now: number): [number | null, number | null] {
  switch (filter.period) {
    case 'hour':
      return [now - HOUR, null]
    case 'today':
      return [new Date(now).setHours(0, 0, 0, 0), null]
    case 'day':
      return [now - 24 * HOUR, null]
    case 'week':
      return [now - 7 * 24 * HOUR, null]
    case 'month':
      return [now - 30 * 24 * HOUR, null]
    case 'all':
      return [null, null]
    case 'range':
      return [filter.from, filter.until]
  }
}

function whole(text: string): number | null {
  const value = Number(text)
  return text && Number.isInteger(value) ? value : null
}
