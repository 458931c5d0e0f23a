// Words in the chosen language. Messages are compiled to trees, not to code: the content security policy allows no eval.

import { watch } from 'vue'
import { createI18n } from 'vue-i18n'
import { language } from '@/app/preferences'
import en from './en'
import ru from './ru'

export const i18n = createI18n({
  legacy: false,
  locale: language.value,
  fallbackLocale: 'en',
  messages: { en, ru },
  pluralRules: { ru: russianPlural },
})

watch(
  language,
  (chosen) => {
    i18n.global.locale.value = chosen
    document.documentElement.lang = chosen
  },
  { immediate: true },
)

/** Which of "вызов | вызова | вызовов" stands with a number. */
export function russianPlural(count: number): number {
  const rule = new Intl.PluralRules('ru').select(count)
  return rule === 'one' ? 0 : rule === 'few' ? 1 : 2
}
