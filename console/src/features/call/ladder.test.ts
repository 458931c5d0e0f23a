import { expect, test } from 'vitest'
import type { CallDetail, Step } from '@/api/types'
import { arrowOf, stepsOf } from './ladder'

const arrow = (leg: 'caller' | 'callee', came: boolean, word: Step['word'], more: Partial<Step> = {}) => {
  const { gap, down, words, kind } = arrowOf({ t_ms: 0, leg, came, word, ...more })
  return `${gap} ${down ? 'down' : 'up'} ${words} ${kind}`
}

test('a call goes downwards, its answers upwards', () => {
  expect(arrow('caller', true, 'dial')).toBe('0 down INVITE request')
  expect(arrow('callee', false, 'dial', { target: 0 })).toBe('1 down INVITE request')
  expect(arrow('callee', true, 'progress', { media: true })).toBe('1 up 183 early')
  expect(arrow('caller', false, 'progress', { media: false })).toBe('0 up 180 early')
  expect(arrow('caller', false, 'refuse', { status: 480 })).toBe('0 up 480 bad')
  expect(arrow('callee', false, 'cancel', { q850: 31 })).toBe('1 down CANCEL request')
  expect(arrow('caller', false, 'answer')).toBe('0 up 200 good')
  expect(arrow('caller', true, 'of_tomorrow' as Step['word'])).toBe('0 down of_tomorrow request')
})

test('a call begins with the INVITE of the dialer', () => {
  const out = { t_ms: 4, leg: 'callee', came: false, word: 'dial' }
  const steps = stepsOf({ detail: { steps: [out] } } as unknown as CallDetail)
  expect(steps.map((step) => `${step.t_ms} ${step.leg} ${step.word}`)).toEqual(['0 caller dial', '4 callee dial'])
  expect(stepsOf({ detail: {} } as CallDetail)).toEqual([])
})
