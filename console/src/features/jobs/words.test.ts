import { expect, test } from 'vitest'
import { kindsOf, rowsOf, wishOf } from './words'

test('a result is read as rows, and calls by what would become of them', () => {
  const result = {
    calls: 1204, missing: 3,
    lost: { count: 1, calls: [{ call: 'a', began_ms: 0, truth: null, before: 'answer.human', after: 'answer.machine', ends_at_ms: 5 }] },
    now: { count: 9, calls: [{ call: 'b', began_ms: 0, published: null, draft: 'off-1' }] },
  }
  expect(rowsOf(result)).toEqual([['calls', '1204'], ['missing', '3']])
  expect(kindsOf(result)).toEqual([
    { kind: 'lost', count: 1, calls: [{ call: 'a', before: 'answer.human', after: 'answer.machine' }] },
    { kind: 'now', count: 9, calls: [{ call: 'b', before: null, after: 'off-1' }] },
  ])
  expect(kindsOf(null)).toEqual([])
})

test('what was asked for is told in a word', () => {
  expect(wishOf({ format: 'xlsx', filter: { class: 'answer.machine' } })).toBe('xlsx')
  expect(wishOf({ days: 7 })).toBe('')
  expect(wishOf(null)).toBe('')
})
