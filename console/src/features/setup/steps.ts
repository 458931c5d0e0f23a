// How far a test call is, as a list that grows.

import type { TestCall } from '@/api/types'

const ORDER = ['preparing', 'calling', 'arrived', 'over'] as const

export interface Step {
  /** Its words: `test_call.state.*`. */
  name: (typeof ORDER)[number]
  state: 'done' | 'now' | 'failed' | 'later'
}

export function stepsOf(call: TestCall): Step[] {
  const reached = call.state === 'failed' ? failedAt(call) : ORDER.indexOf(call.state)
  return ORDER.map((name, place) => ({ name, state: stateOf(call, place, reached) }))
}

function stateOf(call: TestCall, place: number, reached: number): Step['state'] {
  if (place < reached || call.state === 'over') return 'done'
  if (place > reached) return 'later'
  return call.state === 'failed' ? 'failed' : 'now'
}

/** Where it came to nothing: before the INVITE, at the node's door, or behind it. */
function failedAt(call: TestCall): number {
  if (call.name) return ORDER.indexOf('arrived')
  return ORDER.indexOf(call.fault === 'peers' || call.fault === 'not_lent' ? 'preparing' : 'calling')
}
