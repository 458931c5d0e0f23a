import { expect, test } from 'vitest'
import type { CallDetail } from '@/api/types'
import { traceOf } from './trace'

test('a trace says when, where to, and what', () => {
  const steps = [
    { t_ms: 0, leg: 'caller', came: true, word: 'dial' },
    { t_ms: 120, leg: 'callee', came: false, word: 'dial' },
    { t_ms: 7300, leg: 'caller', came: false, word: 'refuse', status: 480 },
  ]
  const call = { began_ms: Date.UTC(2026, 10, 24, 12), dialer: 'vici', carrier: null, detail: { steps } } as unknown as CallDetail
  expect(traceOf(call).split('\n')).toEqual([
    '2026-11-24T12:00:00.000Z <- vici  INVITE',
    '2026-11-24T12:00:00.120Z -> carrier  INVITE',
    '2026-11-24T12:00:07.300Z -> vici  480',
    '',
  ])
  expect(traceOf({ ...call, detail: {} } as CallDetail)).toBe('')
})
