import { expect, test } from 'vitest'
import { difference, parse, withKey } from './body'

test('an emptied key goes, so that the default holds', () => {
  expect(withKey({ hold: '1s' }, 'hold', '')).toEqual({})
  expect(withKey({}, 'hold', '1800ms')).toEqual({ hold: '1800ms' })
  expect(withKey({}, 'nat', false)).toEqual({ nat: false })
  expect(withKey({ a: 1 }, 'a', Number.NaN)).toEqual({})
})

test('text has to be an object', () => {
  expect(parse('{"a": 1}')).toEqual({ body: { a: 1 } })
  expect(parse('[1]')).toHaveProperty('fault')
  expect(parse('{a')).toHaveProperty('fault')
})

test('two versions differ in their keys', () => {
  expect(difference({ a: 1, b: [1], c: 'x' }, { a: 1, b: [2], d: true })).toEqual([
    { key: 'b', before: '[1]', after: '[2]' },
    { key: 'c', before: '"x"', after: '' },
    { key: 'd', before: '', after: 'true' },
  ])
})
