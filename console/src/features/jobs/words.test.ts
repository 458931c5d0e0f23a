import { expect, test } from 'vitest'
import { kindsOf, rowsOf, wishOf } from './words'

const none = { count: 0, calls: [] }

test('a result is read as rows, and calls by what would become of them', () => {
  const lost = { count: 1, calls: [{ call: 'a', began_ms: 0, truth: null, before: 'answer.human', after: 'answer.machine', ends_at_ms: 5 } as const] }
  const replayed = { node: 'n1', calls: 1204, missing: 3, lost, saved: none, caught: none, let_through: none }
  expect(rowsOf(replayed)).toEqual([['node', 'n1'], ['calls', '1204'], ['missing', '3']])
  expect(kindsOf(replayed).map(({ kind, count }) => [kind, count])).toEqual([['lost', 1], ['saved', 0], ['caught', 0], ['let_through', 0]])
  expect(kindsOf(replayed)[0]!.calls).toEqual([{ call: 'a', before: 'answer.human', after: 'answer.machine' }])
  const now = { count: 9, calls: [{ call: 'b', began_ms: 0, published: null, draft: 'off-1' }] }
  expect(kindsOf({ node: 'n1', calls: 20, missing: 0, now, no_more: none, otherwise: none })[0]).toEqual({ kind: 'now', count: 9, calls: [{ call: 'b', before: null, after: 'off-1' }] })
  expect([kindsOf(null), kindsOf({ calls: 5 }), rowsOf(null)]).toEqual([[], [], []])
})

test('what was asked for is told in a word', () => {
  expect(wishOf({ format: 'xlsx', filter: { class: 'answer.machine' }, numbers: false })).toBe('xlsx')
  expect(wishOf({ days: 7, dialer: 'vici' })).toBe('vici')
  expect(wishOf({ days: 7 })).toBe('')
})
