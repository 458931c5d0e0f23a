import { expect, test } from 'vitest'
import { columns, gain, type Peaks } from './wave'

const peaks: Peaks = [[-4096, 4096], [-8192, 16_384], [-12_288, 8192], [-4096, 4096]]

test('a column holds the lowest and highest of what it covers', () => {
  expect(columns(peaks, { from: 0, to: 40 }, 2)).toEqual([[-0.25, 0.5], [-0.375, 0.25]])
})

test('there is no sound outside of the recording', () => {
  expect(columns(peaks, { from: 30, to: 60 }, 3)).toEqual([[-0.125, 0.125], null, null])
})

test('quiet lines are drawn taller, within reason', () => {
  expect(gain([[-0.475, 0.1]])).toBe(2)
  expect(gain([[-0.001, 0.001]])).toBe(5)
  expect(gain([null])).toBe(1)
})
