import { expect, test } from 'vitest'
import type { Prompt } from '@/api/types'
import { chosen, stopped } from './sift'

const prompt = (name: string, operator: string, matches_7d: number | null, last_match_ms: number | null) =>
  ({ name, operator, words: 'Аппарат абонента выключен', matches_7d, last_match_ms }) as Prompt

test('a prompt that never matched has not stopped', () => {
  expect([prompt('a', 'A', 0, null), prompt('b', 'A', 0, 5), prompt('c', 'A', 3, 5)].map(stopped)).toEqual([false, true, false])
})

test('prompts are found by name, operator and words in any case', () => {
  const all = [prompt('off-1', 'Alpha', 1, 1), prompt('busy-1', 'Beta', 0, 1)]
  const names = (by: object) => chosen(all, { words: '', operator: null, onlyStopped: false, ...by }).map((one) => one.name)
  expect(names({ words: 'ВЫКЛЮЧЕН' })).toEqual(['off-1', 'busy-1'])
  expect(names({ words: 'beta' })).toEqual(['busy-1'])
  expect(names({ operator: 'Alpha' })).toEqual(['off-1'])
  expect(names({ onlyStopped: true })).toEqual(['busy-1'])
  expect(names({ words: null })).toHaveLength(2)
})
