import { expect, test } from 'vitest'
import type { TestCall } from '@/api/types'
import { stepsOf } from './steps'

const states = (call: Partial<TestCall>) => stepsOf({ name: null, fault: null, ...call } as TestCall).map((step) => step.state).join(' ')

test('a call goes from step to step', () => {
  expect(states({ state: 'preparing' })).toBe('now later later later')
  expect(states({ state: 'arrived', name: 'n' })).toBe('done done now later')
  expect(states({ state: 'over', name: 'n' })).toBe('done done done done')
})

test('a failure stands where it happened', () => {
  expect(states({ state: 'failed', fault: 'not_lent' })).toBe('failed later later later')
  expect(states({ state: 'failed', fault: 'unreachable' })).toBe('done failed later later')
  expect(states({ state: 'failed', fault: 'late', name: 'n' })).toBe('done done failed later')
})
