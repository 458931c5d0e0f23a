import { expect, test } from 'vitest'
import { callsOf, rowsOf, wishOf } from './words'

test('a result is read as rows and changed calls', () => {
  const result = { lost: 2, saved: 9, calls: [{ id: 'a', before: 'answer.machine', after: 'answer.human' }, 'x', { id: 'b' }] }
  expect(rowsOf(result)).toEqual([['lost', '2'], ['saved', '9']])
  expect(callsOf(result).map((one) => one.id)).toEqual(['a'])
  expect(callsOf(null)).toEqual([])
})

test('what was asked for is told in a word', () => {
  expect(wishOf({ format: 'xlsx', filter: { class: 'answer.machine' } })).toBe('xlsx')
  expect(wishOf({ days: 7 })).toBe('')
  expect(wishOf(null)).toBe('')
})
