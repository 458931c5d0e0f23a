import type { Confusion } from '@/api/types'
import { CLASSES, groupOf } from '@/words/classes'

const order = (a: string, b: string) => CLASSES.indexOf(a as never) - CLASSES.indexOf(b as never)

/** Truth down, verdict across; only classes that occur. */
export function matrixOf(labels: Confusion[]) {
  const told = [...new Set(labels.map((one) => one.told))].sort(order)
  const truths = [...new Set(labels.map((one) => one.truth))].sort(order)
  const calls = (truth: string, verdict: string) =>
    labels.filter((one) => one.truth === truth && one.told === verdict).reduce((sum, one) => sum + one.calls, 0)
  return { told, rows: truths.map((truth) => ({ truth, calls: told.map((verdict) => calls(truth, verdict)) })) }
}

/** The two numbers that count: people who were not taken for a machine, and machines that were caught. */
export function shares(labels: Confusion[]) {
  const people = { good: 0, of: 0 }
  const machines = { good: 0, of: 0 }
  for (const { truth, told, calls } of labels) {
    if (groupOf(truth) === 'person') {
      people.of += calls
      if (groupOf(told) !== 'machine') people.good += calls
    }
    if (groupOf(truth) === 'machine') {
      machines.of += calls
      if (groupOf(told) === 'machine') machines.good += calls
    }
  }
  return { people, machines }
}
