import type { Prompt } from '@/api/types'

/** Matched before, and not once in the last week: the operator may have recorded it anew. */
export function stopped(prompt: Prompt): boolean {
  return prompt.matches_7d === 0 && prompt.last_match_ms != null
}

export function chosen(prompts: Prompt[], by: { words: string | null; operator: string | null; onlyStopped: boolean }): Prompt[] {
  const words = (by.words ?? '').trim().toLocaleLowerCase()
  return prompts.filter(
    (prompt) =>
      (!by.operator || prompt.operator === by.operator) &&
      (!by.onlyStopped || stopped(prompt)) &&
      (!words || `${prompt.name} ${prompt.words} ${prompt.operator}`.toLocaleLowerCase().includes(words)),
  )
}
