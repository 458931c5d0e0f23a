// Calls that come while the list is read: rows that stand are brought up to date where they are, new ones wait behind a
// button. Nothing moves under the cursor.

import type { Call, LiveEvent } from '@/api/types'
import { matches, type Filter } from './filter'

export interface Arrivals {
  calls: Call[]
  /** Ids of calls that wait to be shown. */
  waiting: ReadonlySet<string>
}

export function arrive(before: Arrivals, event: LiveEvent, filter: Filter): Arrivals {
  if (!event.kind.startsWith('call.')) return before
  const news = event.data as Partial<Call> & { id?: string }
  if (!news.id) return before
  const at = before.calls.findIndex((call) => call.id === news.id)
  if (at >= 0) {
    const calls = before.calls.slice()
    calls[at] = { ...calls[at]!, ...known(news) }
    return { ...before, calls }
  }
  if (event.kind !== 'call.ended' || !matches(filter, { confidence: null, answered_ms: null, ...news } as Call, event.at_ms)) return before
  if (before.waiting.has(news.id)) return before
  return { ...before, waiting: new Set([...before.waiting, news.id]) }
}

/** An event names what it knows; what it does not know stays as it was. */
function known(news: Partial<Call>): Partial<Call> {
  return Object.fromEntries(Object.entries(news).filter(([, value]) => value !== null && value !== undefined))
}
