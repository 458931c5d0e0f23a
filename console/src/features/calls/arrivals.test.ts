import { expect, test } from 'vitest'
import type { Call, LiveEvent } from '@/api/types'
import { arrive } from './arrivals'
import { emptyFilter } from './filter'

const call = { id: 'a', name: 'a', began_ms: 900, class: 'unknown', callee: '+7…12', confidence: null } as unknown as Call
const event = (kind: LiveEvent['kind'], data: LiveEvent['data']) => ({ seq: 1, at_ms: 1000, kind, data })
const begin = { calls: [call], waiting: new Set<string>() }

test('a row that stands gets its verdict where it is', () => {
  const after = arrive(begin, event('call.told', { name: 'a', class: 'answer.human', t_ms: 5, callee: null }), emptyFilter())
  expect(after.calls.map((one) => [one.class, one.callee])).toEqual([['answer.human', '+7…12']])
  expect(after.waiting.size).toBe(0)
})

test('new calls wait, each once, and only those of the filter', () => {
  const human = { ...emptyFilter(), classes: ['answer.human'] }
  let list = arrive(begin, event('call.ended', { name: 'b', length_ms: 50, class: 'answer.human' }), human)
  list = arrive(list, event('call.ended', { name: 'b', length_ms: 50, class: 'answer.human' }), human)
  list = arrive(list, event('call.ended', { name: 'c', length_ms: 50, class: 'tone.busy' }), human)
  expect([...list.waiting]).toEqual(['b'])
  expect(list.calls).toBe(begin.calls)
})
