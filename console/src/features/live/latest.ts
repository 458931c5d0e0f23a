import type { LiveEvent } from '@/api/types'

/** A call that has just ended. */
export interface Latest {
  at_ms: number
  id: string | null
  name: string
  dialer: string
  callee: string
  class: string | null
  confidence: number | null
}

/** What fits below the tiles without scrolling on a usual screen. */
const SHOWN = 8

/** The newest calls first, each once. */
export function latest(before: Latest[], event: LiveEvent): Latest[] {
  if (event.kind !== 'call.ended') return before
  const data = event.data as Omit<Latest, 'at_ms'> & LiveEvent['data']
  const call = { ...data, at_ms: event.at_ms }
  return [call, ...before.filter((one) => one.name !== call.name)].slice(0, SHOWN)
}
