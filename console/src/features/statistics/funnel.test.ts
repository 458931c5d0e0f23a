import { expect, test } from 'vitest'
import type { FunnelRow } from '@/api/types'
import { formatsOf } from '@/words/formats'
import { csvOf, keyWords, total } from './funnel'

const row = (key: string, calls: number, unknown: number, decided_ms: number | null): FunnelRow => ({
  key, calls, answered: 1, refused: 0, people: 1, machines: 0, announcements: 0, tones: 0, others: 0, unknown, decided_ms, talk_ms: 0,
})

test('means are weighed by how many they are of', () => {
  expect(total([row('a', 11, 1, 1000), row('b', 30, 0, 2000), row('c', 1, 1, null)])).toMatchObject({ calls: 42, answered: 3, decided_ms: 1750 })
  expect(total([]).decided_ms).toBeNull()
})

test('names are words of the language or as they came', () => {
  const formats = formatsOf('en')
  expect(keyWords('class', 'answer.machine', formats)).toEqual({ key: 'class.answer_machine' })
  expect(keyWords('day', '2026-11-24T00:00:00Z', formats)).toEqual({ text: '24 Nov 2026' })
  expect(keyWords('campaign', '2026', formats)).toEqual({ text: '2026' })
})

test('a name cannot become a formula', () => {
  const csv = csvOf([row('=cmd()', 1, 0, null), row('a "b", c', 1, 0, null)])
  expect(csv.split('\r\n').map((line) => line.slice(0, 14))).toEqual(["key,calls,answ", "'=cmd(),1,1,0,", '"a ""b"", c",1', ''])
})
