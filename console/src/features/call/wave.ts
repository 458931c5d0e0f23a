// Waveforms: peaks of 10 ms, as the server computes them, drawn for any part and any width.

import type { View } from './axis'

/** Lowest and highest sample of each piece, of 16 bit. */
export type Peaks = number[][]

/** Milliseconds a pair of peaks stands for. */
export const PEAK_MS = 10
const FULL_SCALE = 32_768

/** Lowest and highest sample of each pixel column, −1 to 1; null where there is no sound. */
export function columns(peaks: Peaks, view: View, width: number, peakMs = PEAK_MS): ([number, number] | null)[] {
  const step = (view.to - view.from) / width
  return Array.from({ length: width }, (_, x) => {
    const first = Math.max(0, Math.floor((view.from + x * step) / peakMs))
    const last = Math.max(first + 1, Math.ceil((view.from + (x + 1) * step) / peakMs))
    if (first >= peaks.length || view.from + (x + 1) * step <= 0) return null
    let low = Infinity
    let high = -Infinity
    for (const pair of peaks.slice(first, last)) {
      low = Math.min(low, pair[0] ?? 0)
      high = Math.max(high, pair[1] ?? 0)
    }
    return [low / FULL_SCALE, high / FULL_SCALE]
  })
}

/** Quiet lines are drawn taller: what counts is what was said, not how loud. At most fivefold. */
export function gain(drawn: ([number, number] | null)[]): number {
  let top = 0
  for (const pair of drawn) if (pair) top = Math.max(top, -pair[0], pair[1])
  return top > 0 ? Math.min(5, 0.95 / top) : 1
}
