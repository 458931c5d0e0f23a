import { expect, test } from 'vitest'
import { copied, hzOf, line, rowsOf, stepsOf } from './cadence'

const UK = [{ hz: [400, 450], ms: 400 }, { ms: 200 }, { hz: [400, 450], ms: 400 }, { ms: 2000 }]

test('a cadence is a table of tones and pauses, and back', () => {
  const rows = rowsOf(UK)
  expect(rows).toEqual([
    { hz: '400, 450', am_hz: null, tone_ms: 400, pause_ms: 200 },
    { hz: '400, 450', am_hz: null, tone_ms: 400, pause_ms: 2000 },
  ])
  expect(stepsOf(rows)).toEqual(UK)
  const modulated = [{ hz: [500], am_hz: 100, ms: 500 }, { ms: 500 }]
  expect(stepsOf(rowsOf(modulated))).toEqual(modulated)
})

test('frequencies are written as people write them', () => {
  expect(hzOf('440, 480')).toEqual([440, 480])
  expect(hzOf('440+480 ')).toEqual([440, 480])
  expect(hzOf('')).toEqual([])
})

test('a cadence is told in a line', () => {
  expect(line(UK)).toBe('400+450 Hz, 400/200/400/2000 ms')
})

test('tones are copied, words stay', () => {
  const from = { name: 'Russia', source: 'GOST', busy: UK }
  expect(copied({ name: 'Office', congestion: UK }, from)).toEqual({ name: 'Office', source: 'GOST', busy: UK })
})
