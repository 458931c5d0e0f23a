import { expect, test } from 'vitest'
import type { Snapshot } from '@/api/types'
import { Course, points } from './course'

test('a line begins with two values and stands on zero', () => {
  expect(points([3])).toBe('')
  expect(points([0, 5, 10])).toBe('0,23 50,12 100,1')
  expect(points([0, 0])).toBe('0,23 100,23')
})

test('the course forgets what is older than two minutes', () => {
  let course = new Course()
  for (let at = 0; at < 200; at++) course = course.with({ calls_now: at, calls_per_s: 1 } as Snapshot)
  expect(course.calls.length).toBe(120)
  expect(course.calls[0]).toBe(80)
})
