// Short words about something that was done: "Saved".

import { ref } from 'vue'

export const notices = ref<{ text: string; color?: string }[]>([])

export function notify(text: string): void {
  notices.value.push({ text })
}
