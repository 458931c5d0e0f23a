import { expect, test } from 'vitest'
import { legible, moment, pan, place, showing, tickText, ticks, zoom } from './axis'

const view = { from: 1000, to: 3000 }

test('a moment has its place, and a place its moment', () => {
  expect(place(view, 1500)).toBe(0.25)
  expect(moment(view, 0.25)).toBe(1500)
})

test('zooming keeps the moment under the cursor', () => {
  const closer = zoom(view, 1500, 0.5, 10_000)
  expect(closer).toEqual({ from: 1250, to: 2250 })
  expect(place(closer, 1500)).toBe(place(view, 1500))
})

test('the view never leaves the call and is never narrower than it shows', () => {
  expect(zoom(view, 2000, 100, 10_000)).toEqual({ from: 0, to: 10_000 })
  expect(pan(view, -5000, 10_000)).toEqual({ from: 0, to: 2000 })
  expect(pan(view, 50_000, 10_000)).toEqual({ from: 8000, to: 10_000 })
  const narrow = zoom(view, 2000, 0.001, 10_000)
  expect(narrow.to - narrow.from).toBe(200)
})

test('a moment out of sight is brought into it', () => {
  expect(showing(view, 2000, 10_000)).toBe(view)
  expect(showing(view, 5000, 10_000)).toEqual({ from: 4800, to: 6800 })
})

test('marks are round times', () => {
  expect(ticks({ from: 0, to: 10_000 }, 900)).toEqual([0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10_000])
  expect(ticks({ from: 950, to: 1450 }, 450)).toEqual([1000, 1100, 1200, 1300, 1400])
  expect([tickText(64_250, 1000), tickText(4200, 100), tickText(4250, 10)]).toEqual(['1:04', '0:04.2', '0:04.25'])
})

test('labels do not run into each other', () => {
  expect(legible([{ at: 0, width: 50 }, { at: 30, width: 50 }, { at: 55, width: 50 }])).toEqual([true, false, true])
})
