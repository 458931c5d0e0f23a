import { expect, test } from 'vitest'
import { latest, type Told } from './told'

const event = (seq: number, id: string, name: string) => ({ seq, at_ms: 0, kind: 'call.told', data: { id, class: name } })

test('a later verdict of a call takes the place of the former', () => {
  let list: Told[] = []
  list = latest(list, event(1, 'a', 'progress.ringback'))
  list = latest(list, event(2, 'b', 'answer.human'))
  list = latest(list, event(3, 'a', 'answer.machine'))
  expect(list.map((one) => [one.id, one.class])).toEqual([
    ['a', 'answer.machine'],
    ['b', 'answer.human'],
  ])
})

test('other events and tellings without a class change nothing', () => {
  const list: Told[] = []
  expect(latest(list, { seq: 1, at_ms: 0, kind: 'metrics', data: {} })).toBe(list)
  expect(latest(list, { seq: 1, at_ms: 0, kind: 'call.told', data: { id: 'a' } })).toBe(list)
})
