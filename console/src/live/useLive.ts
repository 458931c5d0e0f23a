// What happens now, for whoever asks while they are on the screen. One connection serves all of them.

import { onScopeDispose, readonly, ref, watch } from 'vue'
import { chosenTenant } from '@/app/tenant'
import type { LiveEvent } from '@/api/types'
import { BASE } from '@/api/client'
import { Feed, type FeedState } from './feed'

type Listener = (event: LiveEvent) => void

const listeners = new Set<Listener>()
const state = ref<FeedState>('connecting')
let feed: Feed | null = null

export function useLive(onEvent: Listener) {
  listeners.add(onEvent)
  feed ??= begin()
  onScopeDispose(() => {
    listeners.delete(onEvent)
    if (listeners.size === 0) end()
  })
  return { state: readonly(state) }
}

// Another customer's events come over another connection.
watch(chosenTenant, () => {
  if (!feed) return
  end()
  feed = begin()
})

function begin(): Feed {
  const made = new Feed(
    address,
    (event) => listeners.forEach((tell) => tell(event)),
    (now) => (state.value = now),
    {
      connect: (url) => new WebSocket(url),
      later(ms, run) {
        const timer = setTimeout(run, ms)
        return () => clearTimeout(timer)
      },
      chance: Math.random,
    },
  )
  made.open()
  return made
}

function end(): void {
  feed?.close()
  feed = null
}

/** A WebSocket cannot bring headers of its own, so the customer stands in the query. */
function address(after: number | null): string {
  const url = new URL(`${BASE}/live`, location.href)
  url.protocol = url.protocol.replace('http', 'ws')
  if (after !== null) url.searchParams.set('after', String(after))
  if (chosenTenant.value) url.searchParams.set('tenant', chosenTenant.value)
  return url.href
}
