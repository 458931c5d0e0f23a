import { expect, test } from 'vitest'
import { inSight } from './window'

test('only rows near the sight are in the document', () => {
  expect(inSight(0, 400, 40, 10_000)).toEqual({ first: 0, last: 22 })
  expect(inSight(4000, 400, 40, 10_000)).toEqual({ first: 88, last: 122 })
})

test('a list that became shorter than it was scrolled shows its end', () => {
  expect(inSight(40_000, 400, 40, 5)).toEqual({ first: 5, last: 5 })
  expect(inSight(0, 400, 40, 0)).toEqual({ first: 0, last: 0 })
})
