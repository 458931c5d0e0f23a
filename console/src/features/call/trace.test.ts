import { expect, test } from 'vitest'
import type { CallDetail } from '@/api/types'
import { traceOf } from './trace'

test('a trace says when, where to, and what', () => {
  const call = {
    began_ms: Date.UTC(2026, 10, 24, 12), dialer: 'vici', carrier: null,
    detail: { messages: [
      { t_ms: 0, leg: 'dialer', out: false, start_line: 'INVITE sip:1@x SIP/2.0' },
      { t_ms: 120, leg: 'carrier', out: true, start_line: 'INVITE sip:1@y SIP/2.0' },
    ] },
  } as unknown as CallDetail
  expect(traceOf(call)).toBe(
    '2026-11-24T12:00:00.000Z <- vici\nINVITE sip:1@x SIP/2.0\n\n2026-11-24T12:00:00.120Z -> carrier\nINVITE sip:1@y SIP/2.0\n',
  )
})
