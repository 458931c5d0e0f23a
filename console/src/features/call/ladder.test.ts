import { expect, test } from 'vitest'
import { arrowOf } from './ladder'

const arrow = (leg: 'dialer' | 'carrier', out: boolean, start_line: string) => {
  const { gap, down, words, kind } = arrowOf({ t_ms: 0, leg, out, start_line })
  return `${gap} ${down ? 'down' : 'up'} ${words} ${kind}`
}

test('a call goes downwards, its answers upwards', () => {
  expect(arrow('dialer', false, 'INVITE sip:+7916@x SIP/2.0')).toBe('0 down INVITE request')
  expect(arrow('carrier', true, 'INVITE sip:+7916@y SIP/2.0')).toBe('1 down INVITE request')
  expect(arrow('carrier', false, 'SIP/2.0 183 Session Progress')).toBe('1 up 183 early')
  expect(arrow('dialer', true, 'SIP/2.0 480 Temporarily Unavailable')).toBe('0 up 480 bad')
  expect(arrow('dialer', true, 'SIP/2.0 200 OK')).toBe('0 up 200 good')
})
