import { expect, test } from 'vitest'
import { columns, gain, type Peaks } from './wave'

const peaks: Peaks = [[-0.1, 0.1], [-0.2, 0.5], [-0.4, 0.2], [-0.1, 0.1]]

test('a column holds the lowest and highest of what it covers', () => {
  expect(columns(peaks, { from: 0, to: 40 }, 2)).toEqual([[-0.2, 0.5], [-0.4, 0.2]])
})

test('there is no sound outside of the recording', () => {
  expect(columns(peaks, { from: 30, to: 60 }, 3)).toEqual([[-0.1, 0.1], null, null])
})

test('samples of 16 bit are brought to full scale', () => {
  expect(columns([[-16_384, 8192]], { from: 0, to: 10 }, 1)).toEqual([[-0.5, 0.25]])
})

test('quiet lines are drawn taller, within reason', () => {
  expect(gain([[-0.475, 0.1]])).toBe(2)
  expect(gain([[-0.001, 0.001]])).toBe(5)
  expect(gain([null])).toBe(1)
})
