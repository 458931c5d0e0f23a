// The one connection over which the server tells what happens. It comes back by itself after a loss and asks for what
// was missed (`after`).

import { backoff } from './backoff'
import type { LiveEvent } from '@/api/types'

export type FeedState = 'connecting' | 'open' | 'away'

interface Hands {
  /** Makes a connection. */
  connect: (url: string) => WebSocket
  /** Waits; gives back what cancels the wait. */
  later: (ms: number, run: () => void) => () => void
  chance: () => number
}

export class Feed {
  private socket: WebSocket | null = null
  private cancel: (() => void) | null = null
  private failures = 0
  private after: number | null = null

  constructor(
    private readonly address: (after: number | null) => string,
    private readonly onEvent: (event: LiveEvent) => void,
    private readonly onState: (state: FeedState) => void,
    private readonly hands: Hands,
  ) {}

  open(): void {
    this.onState('connecting')
    const socket = this.hands.connect(this.address(this.after))
    this.socket = socket
    socket.onopen = () => {
      this.failures = 0
      this.onState('open')
    }
    socket.onmessage = (message) => {
      const event = JSON.parse(String(message.data)) as LiveEvent
      this.after = event.seq
      this.onEvent(event)
    }
    socket.onclose = () => {
      if (this.socket !== socket) return
      this.onState('away')
      this.cancel = this.hands.later(backoff(this.failures++, this.hands.chance()), () => this.open())
    }
  }

  close(): void {
    const socket = this.socket
    this.socket = null
    this.cancel?.()
    socket?.close()
  }
}
