// Words in the chosen language, and no other language's. Messages are compiled to trees, not to code: the content security
// policy allows no eval.

import { watch } from 'vue'
import { createI18n } from 'vue-i18n'
import { language } from '@/app/preferences'
import type en from './en'

type Words = typeof en

const LANGUAGES: Readonly<Record<typeof language.value, () => Promise<{ default: Words }>>> = {
  en: () => import('./en'),
  ru: () => import('./ru'),
}

export const i18n = createI18n({
  legacy: false,
  locale: language.value,
  // Each language has each key (words.test.ts): there is nothing to fall back to.
  fallbackLocale: [],
  messages: {} as Record<string, Words>,
  pluralRules: { ru: russianPlural },
})

/** Speaks the chosen language, once its words are here. */
export async function speak(chosen: typeof language.value): Promise<void> {
  if (!i18n.global.availableLocales.includes(chosen)) i18n.global.setLocaleMessage(chosen, (await LANGUAGES[chosen]()).default)
  // Somebody chose another one meanwhile.
  if (language.value !== chosen) return
  i18n.global.locale.value = chosen
  document.documentElement.lang = chosen
}

watch(language, speak)

/** Which of "вызов | вызова | вызовов" stands with a number. */
export function russianPlural(count: number): number {
  const rule = new Intl.PluralRules('ru').select(count)
  return rule === 'one' ? 0 : rule === 'few' ? 1 : 2
}
