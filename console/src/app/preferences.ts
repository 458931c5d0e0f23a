// Language and theme, as this browser's user chose them.

import { ref, watch } from 'vue'
import type { Language } from '@/api/types'

export type ThemeName = 'light' | 'dark'

const LANGUAGE = 'smartcpd.language'
const THEME = 'smartcpd.theme'

/** Whether somebody chose a language in this browser: then it goes before the account's. */
export const languageChosen = localStorage.getItem(LANGUAGE) !== null

export const language = ref<Language>(firstLanguage())
export const theme = ref<ThemeName>(firstTheme())

watch(language, (chosen) => localStorage.setItem(LANGUAGE, chosen))
watch(theme, (chosen) => localStorage.setItem(THEME, chosen))

/** A list that is kept in this browser: columns of a table, say. */
export function kept<T>(key: string, usual: T) {
  const place = `smartcpd.${key}`
  const value = ref<T>(read(place) ?? usual)
  watch(value, (now) => localStorage.setItem(place, JSON.stringify(now)), { deep: true })
  return value
}

function read(place: string) {
  try {
    return JSON.parse(localStorage.getItem(place) ?? 'null')
  } catch {
    return null
  }
}

function firstLanguage(): Language {
  const before = localStorage.getItem(LANGUAGE)
  if (before === 'ru' || before === 'en') return before
  return navigator.language.startsWith('en') ? 'en' : 'ru'
}

function firstTheme(): ThemeName {
  const before = localStorage.getItem(THEME)
  if (before === 'light' || before === 'dark') return before
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}
