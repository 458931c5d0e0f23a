import { expect, test } from 'vitest'
import { headline, Problem, problemOf } from './problem'

test('a problem is named by the last word of its type', () => {
  const problem = problemOf(412, { type: '/problems/stale', detail: 'version 8 is newer', request_id: 'r1' })
  expect([problem.word, problem.detail, problem.requestId]).toEqual(['stale', 'version 8 is newer', 'r1'])
  expect(headline(problem)).toBe('problem.stale')
})

test('an answer that is no problem is named by its status', () => {
  expect(problemOf(502, '<html>').word).toBe('fault')
  expect(problemOf(401, null).word).toBe('login_wanted')
  expect(headline(new Problem('of_tomorrow', 400, ''))).toBe('problem.other')
})

test('faults are found by their pointer', () => {
  const problem = problemOf(422, { type: '/problems/invalid', errors: [{ pointer: '/body/hold', detail: 'has no unit' }] })
  expect(problem.fault('/body/hold')).toBe('has no unit')
  expect(problem.fault('/body/settle')).toBeUndefined()
})
