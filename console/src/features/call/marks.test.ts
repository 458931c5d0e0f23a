import { expect, test } from 'vitest'
import type { CallDetail } from '@/api/types'
import { marksOf, toldAt } from './marks'

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
  expect(marksOf(undefined, call, (telling) => telling.class ?? '').map((mark) => [mark.t_ms, mark.words, mark.group])).toEqual([
    [1200, 'progress.ringback', 'progress'],
    [5240, 'answer.machine', 'machine'],
  ])
})
