import { expect, test } from 'vitest'
import { formatsOf } from './formats'

const en = formatsOf('en')
const ru = formatsOf('ru')
/** Spaces that do not break are spaces here. */
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ')

test('lengths grow from milliseconds to hours', () => {
  expect([0, 350, 4200, 65_000, 7_269_000].map((ms) => plain(en.length(ms)))).toEqual([
    '0ms', '350ms', '4.2s', '1:05', '2:01:09',
  ])
  expect(plain(ru.length(350))).toBe('350 мс')
  expect(plain(ru.length(4200))).toBe('4,2 с')
})

test('a place in a recording has hundredths', () => {
  expect(en.clock(64_255)).toBe('1:04.25')
})

test('numbers are written as the language does', () => {
  expect(plain(ru.number(1234567))).toBe('1 234 567')
  expect(en.percent(0.123, 1)).toBe('12.3%')
  expect(ru.ago(0, 180_000)).toBe('3 минуты назад')
})

test('a moment of another year shows the year', () => {
  const now = new Date(2026, 10, 25).getTime()
  const at = (year: number) => new Date(year, 8, 20, 9, 5, 1).getTime()
  expect([2025, 2026, 2027].map((year) => ru.dateTime(at(year), now))).toEqual(['20.09.2025, 09:05:01', '20.09, 09:05:01', '20.09.2027, 09:05:01'])
  expect(en.dateTime(at(2027), now)).toBe('20/09/2027, 09:05:01')
})
