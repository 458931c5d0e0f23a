import { expect, test } from 'vitest'
import type { Cell } from '@/api/types'
import { matrixOf } from './confusion'

test('truth stands down, the verdict across, in the usual order', () => {
  const cells: Cell[] = [
    { truth: 'answer.machine', verdict: 'answer.machine', calls: 90 },
    { truth: 'answer.machine', verdict: 'answer.human', calls: 10 },
    { truth: 'answer.human', verdict: 'answer.human', calls: 48 },
    { truth: 'answer.human', verdict: 'unknown', calls: 1 },
  ]
  expect(matrixOf(cells)).toEqual({
    told: ['answer.human', 'answer.machine', 'unknown'],
    rows: [
      { truth: 'answer.human', calls: [48, 0, 1] },
      { truth: 'answer.machine', calls: [10, 90, 0] },
    ],
  })
})
