// Calls that come while the list is read: rows that stand are brought up to date where they are, new ones wait behind a
// button. Nothing moves under the cursor.

import type { Call, LiveEvent } from '@/api/types'
import { matches, type Filter } from './filter'

export interface Arrivals {
  calls: Call[]
  /** Names of calls that wait to be shown. */
  waiting: ReadonlySet<string>
}

export function arrive(before: Arrivals, event: LiveEvent, filter: Filter): Arrivals {
  if (!event.kind.startsWith('call.')) return before
  const news = event.data as Partial<Call>
  const { name } = news
  if (!name) return before
  const at = before.calls.findIndex((call) => call.name === name)
  if (at >= 0) {
    const calls = before.calls.slice()
    calls[at] = { ...calls[at]!, ...known(news) }
    return { ...before, calls }
  }
  if (event.kind !== 'call.ended' || before.waiting.has(name)) return before
  // An event knows less than a record: when the call began is reckoned, what is missing counts as not there.
  const call = { began_ms: event.at_ms - (news.length_ms ?? 0), confidence: null, answered_ms: null, recorded: false, deaf: null, ...news }
  if (!matches(filter, call as Call, event.at_ms)) return before
  return { ...before, waiting: new Set([...before.waiting, name]) }
}

/** What of an event belongs to a row; the rest, as a telling's own number and time, does not. */
const ROW = new Set(['class', 'phase', 'confidence', 'status', 'ended_by', 'answered_ms', 'length_ms', 'carrier'])

/** An event names what it knows; what it does not know stays as it was. */
function known(news: Partial<Call>): Partial<Call> {
  return Object.fromEntries(Object.entries(news).filter(([key, value]) => value !== null && value !== undefined && ROW.has(key)))
}
