import { expect, test } from 'vitest'
import type { Call } from '@/api/types'
import { conditions, emptyFilter, fromQuery, matches, toQuery, toRequest } from './filter'

const NOW = Date.UTC(2026, 10, 24, 12)

test('a filter comes back from the address as it went there', () => {
  const filter = {
    ...emptyFilter(),
    period: 'range' as const,
    from: NOW - 1000,
    until: NOW,
    classes: ['answer.machine', 'unknown'],
    texts: { callee: '4512', campaign: 'autumn' },
    flags: { answered: true, deaf: false },
    below: 0.7,
  }
  expect(fromQuery(toQuery(filter))).toEqual(filter)
  expect(conditions(filter)).toBe(5)
})

test('the usual filter leaves the address clean; nonsense in it is not believed', () => {
  expect(toQuery(emptyFilter())).toEqual({})
  expect(fromQuery({ period: 'aeon', below: '7', from: 'x', class: ['a'] })).toEqual(emptyFilter())
})

test('the API is asked for times, not for words', () => {
  const filter = { ...emptyFilter(), period: 'hour' as const, flags: { recorded: true } }
  expect(toRequest(filter, NOW)).toEqual({ from_ms: NOW - 3_600_000, recorded: true })
})

test('a call that has just come belongs into the list or not', () => {
  const call = {
    began_ms: NOW - 500, class: 'answer.machine', callee: '+79161234512', caller: '', dialer: 'vici', carrier: 'main',
    confidence: 0.66, answered_ms: 900, recorded: false, deaf: null,
  } as unknown as Call
  const with_ = (part: object) => matches({ ...emptyFilter(), ...part }, call, NOW)
  expect(with_({})).toBe(true)
  expect(with_({ classes: ['answer.human'] })).toBe(false)
  expect(with_({ texts: { callee: '*4512' } })).toBe(true)
  expect(with_({ texts: { callee: '+7916' } })).toBe(true)
  expect(with_({ texts: { callee: '4512' } })).toBe(false)
  expect(with_({ texts: { dialer: 'vic' } })).toBe(false)
  expect(with_({ below: 0.6 })).toBe(false)
  expect(with_({ flags: { answered: true, recorded: false, deaf: false } })).toBe(true)
  expect(with_({ period: 'range', from: null, until: NOW - 1000 })).toBe(false)
})
