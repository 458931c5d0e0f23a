import { expect, test } from 'vitest'
import type { LiveEvent } from '@/api/types'
import { latest, type Latest } from './latest'

const event = (seq: number, kind: LiveEvent['kind'], name: string) => ({ seq, at_ms: seq, kind, data: { name, class: 'tone.busy' } })

test('the newest calls come first, each once, and not without end', () => {
  let list: Latest[] = []
  list = latest(list, event(1, 'call.ended', 'a'))
  list = latest(list, event(2, 'call.told', 'b'))
  list = latest(list, event(3, 'call.ended', 'c'))
  list = latest(list, event(4, 'call.ended', 'a'))
  expect(list.map((one) => one.name)).toEqual(['a', 'c'])
  for (let seq = 5; seq < 50; seq++) list = latest(list, event(seq, 'call.ended', String(seq)))
  expect(list).toHaveLength(8)
})
