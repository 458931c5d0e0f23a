// The one time axis of a call's page: which part of the call is seen, and where a moment stands in it.

export interface View {
  from: number
  to: number
}

/** The narrowest part that is shown, milliseconds: two hops of the detector a pixel would show nothing more. */
const NARROWEST = 200

/** Share of the width, 0 to 1, at which a moment stands; outside of the view it is below 0 or above 1. */
export function place(view: View, ms: number): number {
  return (ms - view.from) / (view.to - view.from)
}

export function moment(view: View, share: number): number {
  return view.from + share * (view.to - view.from)
}

/** Closer (factor below 1) or farther, with one moment staying where it is. */
export function zoom(view: View, at: number, factor: number, whole: number): View {
  const width = Math.min(whole, Math.max(NARROWEST, (view.to - view.from) * factor))
  const from = at - (at - view.from) * (width / (view.to - view.from))
  return inside({ from, to: from + width }, whole)
}

export function pan(view: View, by: number, whole: number): View {
  return inside({ from: view.from + by, to: view.to + by }, whole)
}

/** The view moved so that a moment is in it; as it is where the moment already is. */
export function showing(view: View, ms: number, whole: number): View {
  if (ms >= view.from && ms <= view.to) return view
  const width = view.to - view.from
  return inside({ from: ms - width * 0.1, to: ms + width * 0.9 }, whole)
}

function inside(view: View, whole: number): View {
  const width = view.to - view.from
  const from = Math.max(0, Math.min(whole - width, view.from))
  return { from, to: from + width }
}

const STEPS = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000]

/** Where the axis is marked: round times, about one in 90 pixels. */
export function ticks(view: View, width: number): number[] {
  const wanted = ((view.to - view.from) * 90) / Math.max(width, 1)
  const step = STEPS.find((one) => one >= wanted) ?? 3_600_000
  const all: number[] = []
  for (let at = Math.ceil(view.from / step) * step; at <= view.to; at += step) all.push(at)
  return all
}

/** A time on the axis, as exact as its marks are near each other: 0:04, 0:04.2, 0:04.25. */
export function tickText(ms: number, step: number): string {
  const minutes = Math.floor(ms / 60_000)
  const seconds = (ms % 60_000) / 1000
  const digits = step >= 1000 ? 0 : step >= 100 ? 1 : 2
  return `${minutes}:${seconds.toFixed(digits).padStart(digits ? 3 + digits : 2, '0')}`
}

/** Which labels can be written without running into the one before; by place in pixels and width. */
export function legible(labels: { at: number; width: number }[]): boolean[] {
  let free = -Infinity
  return labels.map(({ at, width }) => {
    if (at < free) return false
    free = at + width
    return true
  })
}
