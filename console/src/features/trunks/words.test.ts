import { expect, test } from 'vitest'
import { carrierWords, dialerWords } from './words'

test('a dialer is known by its networks, a carrier by its servers', () => {
  expect(dialerWords({ addresses: ['10.0.1.0/24'], user: 'vici', carriers: ['main', 'spare'] })).toEqual(['10.0.1.0/24', 'vici', '→ main, spare'])
  expect(carrierWords({ gateways: ['sip:a.example', { uri: 'sip:b.example', priority: 2 }] })).toEqual(['sip:a.example', 'sip:b.example'])
  expect(carrierWords({ gateways: [{ uri: 'sip:' }] })).toEqual([])
  expect(dialerWords({})).toEqual([])
})
