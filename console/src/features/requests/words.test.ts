import { expect, test } from 'vitest'
import { clockFace, lineOf, urgency } from './words'

const clock = (state: string, times: { due_ms?: number; warn_ms?: number } = {}) => ({ state, due_ms: null, warn_ms: null, work_ms: null, ...times })

test('a time is fine, soon or late', () => {
  expect([10_000_000, 3_000_000, 0].map((due) => urgency(due, 1))).toEqual(['fine', 'soon', 'late'])
})

test('a clock that runs is warned of when its own mark is reached', () => {
  expect(clockFace(clock('running', { warn_ms: 75, due_ms: 100 }), 50)).toBe('fine')
  expect(clockFace(clock('running', { warn_ms: 75, due_ms: 100 }), 75)).toBe('soon')
  expect(clockFace(clock('running', { warn_ms: 75, due_ms: 100 }), 100)).toBe('late')
  expect(['idle', 'paused', 'met', 'missed'].map((state) => clockFace(clock(state), 1))).toEqual(['idle', 'paused', 'met', 'missed'])
})

test('the log is told in lines', () => {
  expect(lineOf({ what: 'registered', door: 'portal' })).toEqual({ key: 'requests.happened.registered', parts: { door: 'requests.door.portal' } })
  expect(lineOf({ what: 'moved', from: 'in_progress', to: 'waiting', why: { why: 'waits', reason: 'supplier' } })).toEqual({
    key: 'requests.happened.waits',
    parts: { to: 'requests.state.waiting', reason: 'requests.reason.supplier' },
  })
  expect(lineOf({ what: 'moved', from: 'solution_provided', to: 'in_progress', why: { why: 'not_solved' } }).key).toBe('requests.happened.not_solved')
  expect(lineOf({ what: 'message', side: 'internal' }).key).toBe('requests.happened.note')
  expect(lineOf({ what: 'of a newer server' }).key).toBe('requests.happened.changed')
})
