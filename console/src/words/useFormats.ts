import { computed } from 'vue'
import { language } from '@/app/preferences'
import { formatsOf } from './formats'

const formats = computed(() => formatsOf(language.value))

/** Formats in the chosen language; a computed, so that pages follow a change of it. */
export function useFormats() {
  return formats
}
