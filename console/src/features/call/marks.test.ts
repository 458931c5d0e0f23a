import { expect, test } from 'vitest'
import type { CallDetail, Hearing } from '@/api/types'
import { marksOf, recordedFrom, toldAt } from './marks'

const call = {
  answered_ms: 4000,
  detail: {
    early_ms: 900,
    tellings: [
      { seq: 2, phase: 'post', t_ms: 1240, class: 'answer.machine' },
      { seq: 1, phase: 'pre', t_ms: 300, class: 'progress.ringback' },
      { seq: 3, phase: 'post', t_ms: 9000, no_verdict: 'nothing was settled' },
    ],
  },
} as unknown as CallDetail

test('what was told stands where it was told, before and after the answer', () => {
  expect(call.detail.tellings!.map((telling) => toldAt(call, telling))).toEqual([5240, 1200, 13_000])
  expect(marksOf(undefined, call, (one) => ('what' in one ? '' : (one.class ?? ''))).map((mark) => [mark.t_ms, mark.words, mark.group])).toEqual([
    [1200, 'progress.ringback', 'progress'],
    [5240, 'answer.machine', 'machine'],
  ])
})

test('a recording is laid beside the call by the answer, or by the early media', () => {
  const heard = (answered_ms: number | null) =>
    ({ answered_ms, events: [{ t_ms: 100, end_ms: 600, what: 'progress', words: 'ringback 425 Hz', prompt: null }, { t_ms: 0, end_ms: 100, what: 'silence', words: '' }] }) as unknown as Hearing
  expect(recordedFrom(call, heard(3200))).toBe(800)
  expect(recordedFrom(call, heard(null))).toBe(900)
  const quiet = { ...call, detail: { early_ms: 900 } } as CallDetail
  expect(marksOf(heard(3200), quiet, (one) => ('what' in one ? one.words : ''))).toEqual([{ t_ms: 900, until_ms: 1400, words: 'ringback 425 Hz', group: 'progress' }])
})
