import { expect, test } from 'vitest'
import { callsOf, rowsOf } from './words'

test('a result is read as rows and changed calls', () => {
  const result = { lost: 2, saved: 9, calls: [{ id: 'a', before: 'answer.machine', after: 'answer.human' }, 'x', { id: 'b' }] }
  expect(rowsOf(result)).toEqual([['lost', '2'], ['saved', '9']])
  expect(callsOf(result).map((one) => one.id)).toEqual(['a'])
  expect(callsOf(null)).toEqual([])
})
