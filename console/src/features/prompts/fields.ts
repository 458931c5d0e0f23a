import type { Prompt } from '@/api/types'

/** What a person says about a prompt. */
export interface Fields {
  name: string
  operator: string
  category: string
  language: string
  words: string
}

export function fieldsOf(prompt?: Prompt): Fields {
  return {
    name: prompt?.name ?? '',
    operator: prompt?.operator ?? '',
    category: prompt?.category ?? 'unavailable',
    language: prompt?.language ?? 'ru',
    words: prompt?.words ?? '',
  }
}
