import { expect, test } from 'vitest'
import { minutes, termsOf, usual } from './contract'

test('a form becomes terms: a week from Monday, promises in minutes', () => {
  const terms = termsOf({ ...usual(), days: [0, 6], promises: [{ kind: 'incident', priority: '', first: '0,5', solution: '' }] })
  expect(terms.calendar).toEqual({ zone: 'Europe/Moscow', week: [[['09:00', '18:00']], [], [], [], [], [], [['09:00', '18:00']]] })
  expect(terms.promises).toEqual([{ kind: 'incident', first_min: 30, solution_min: null }])
})

test('what is no number of hours promises nothing', () => {
  expect(['', ' ', 'soon', '-1', '0', '1.5'].map(minutes)).toEqual([null, null, null, null, null, 90])
})
