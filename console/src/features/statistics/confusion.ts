import type { Cell } from '@/api/types'
import { CLASSES } from '@/words/classes'

const order = (a: string, b: string) => CLASSES.indexOf(a as never) - CLASSES.indexOf(b as never)

/** Truth down, verdict across; only classes that occur. */
export function matrixOf(cells: Cell[]) {
  const told = [...new Set(cells.map((one) => one.verdict))].sort(order)
  const truths = [...new Set(cells.map((one) => one.truth))].sort(order)
  const calls = (truth: string, verdict: string) =>
    cells.filter((one) => one.truth === truth && one.verdict === verdict).reduce((sum, one) => sum + one.calls, 0)
  return { told, rows: truths.map((truth) => ({ truth, calls: told.map((verdict) => calls(truth, verdict)) })) }
}
