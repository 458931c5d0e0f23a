// "Are you sure?", asked in one place: `if (await confirm({…})) …`.

import { shallowRef } from 'vue'

export interface Question {
  title: string
  text: string
  /** What the button that goes ahead says. */
  go: string
}

export const asked = shallowRef<{ question: Question; answer: (yes: boolean) => void }>()

export function confirm(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    asked.value = {
      question,
      answer(yes) {
        asked.value = undefined
        resolve(yes)
      },
    }
  })
}
