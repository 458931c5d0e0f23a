// SIP messages as arrows between three lines: dialer, SmartCPD, carrier.

import type { SipMessage } from '@/api/types'

export interface Arrow {
  t_ms: number
  /** Which of the two gaps between the three lines: 0 towards the dialer, 1 towards the carrier. */
  gap: 0 | 1
  down: boolean
  words: string
  kind: 'request' | 'early' | 'good' | 'bad'
}

export function arrowOf(message: SipMessage): Arrow {
  const dialer = message.leg === 'dialer'
  return {
    t_ms: message.t_ms,
    gap: dialer ? 0 : 1,
    // To the carrier and from the dialer is downwards: the way of a call.
    down: dialer ? !message.out : message.out,
    words: short(message.start_line),
    kind: kindOf(message.start_line),
  }
}

/** "INVITE sip:… SIP/2.0" → INVITE; "SIP/2.0 183 Session Progress" → 183. */
export function short(startLine: string): string {
  const parts = startLine.split(' ')
  return (parts[0]?.startsWith('SIP/') ? parts[1] : parts[0]) ?? ''
}

function kindOf(startLine: string): Arrow['kind'] {
  if (!startLine.startsWith('SIP/')) return 'request'
  const status = Number(short(startLine))
  if (status < 200) return 'early'
  return status < 300 ? 'good' : 'bad'
}
