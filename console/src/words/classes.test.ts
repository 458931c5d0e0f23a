import { expect, test } from 'vitest'
import type { Class } from '@/api/types'
import { CLASSES, classKey, groupOf, mix } from './classes'

test('each class of the API has its place', () => {
  // The compiler names a class that is missing among ours.
  const all: Exclude<Class, (typeof CLASSES)[number]> extends never ? readonly string[] : never = CLASSES
  expect(new Set(all).size).toBe(CLASSES.length)
})

test('each class has its group', () => {
  const groups = Object.fromEntries(CLASSES.map((name) => [name, groupOf(name)]))
  expect(groups['answer.human_business']).toBe('person')
  expect(groups['answer.screening']).toBe('machine')
  expect(groups['answer.false']).toBe('silence')
  expect(groups['tone.sit.no_circuit']).toBe('tone')
  expect(CLASSES.filter((name) => groupOf(name) === 'unknown')).toEqual(['unknown', 'none'])
})

test('a class of tomorrow has no words and is unknown', () => {
  expect(classKey('holo.call')).toBeUndefined()
  expect(groupOf('holo.call')).toBe('unknown')
  expect(classKey('tone.sit.vacant')).toBe('class.tone_sit_vacant')
})

test('the mix sums by group', () => {
  expect(mix({ 'answer.machine': 3, 'answer.ivr': 2, 'answer.human': 4, unknown: 0 })).toEqual([
    { group: 'person', calls: 4 },
    { group: 'machine', calls: 5 },
  ])
})
