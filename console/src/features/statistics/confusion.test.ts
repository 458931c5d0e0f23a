import { expect, test } from 'vitest'
import { matrixOf, shares } from './confusion'

const labels = [
  { truth: 'answer.machine', told: 'answer.machine', calls: 90 },
  { truth: 'answer.machine', told: 'answer.human', calls: 10 },
  { truth: 'answer.human', told: 'answer.human', calls: 48 },
  { truth: 'answer.human', told: 'answer.machine', calls: 1 },
  { truth: 'answer.human', told: 'unknown', calls: 1 },
]

test('truth stands down, the verdict across, in the usual order', () => {
  expect(matrixOf(labels)).toEqual({
    told: ['answer.human', 'answer.machine', 'unknown'],
    rows: [
      { truth: 'answer.human', calls: [48, 1, 1] },
      { truth: 'answer.machine', calls: [10, 90, 0] },
    ],
  })
})

test('a person about whom nothing was settled is kept', () => {
  expect(shares(labels)).toEqual({ people: { good: 49, of: 50 }, machines: { good: 90, of: 100 } })
})
