import type { Snapshot } from '@/api/types'

/** Figures that the small lines show: two minutes at one a second. */
const KEPT = 120

/** How the last minutes went, for the small lines under the numbers. */
export class Course {
  constructor(
    readonly calls: number[] = [],
    readonly rate: number[] = [],
  ) {}

  with(snapshot: Snapshot): Course {
    return new Course([...this.calls, snapshot.calls_now].slice(-KEPT), [...this.rate, snapshot.calls_per_s].slice(-KEPT))
  }
}

/** The line's points in a box of 100 by 24, its ground at zero: "0,24 50,12 100,0". */
export function points(values: number[]): string {
  if (values.length < 2) return ''
  const top = Math.max(...values, 1)
  return values.map((value, at) => `${round((100 * at) / (values.length - 1))},${round(23 - (22 * value) / top)}`).join(' ')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
