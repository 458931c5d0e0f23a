import { expect, test } from 'vitest'
import { backTo } from './back'

test('the way back never leads to another site', () => {
  expect(backTo('/calls?class=answer.machine')).toBe('/calls?class=answer.machine')
  for (const evil of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', undefined, ['/a']]) {
    expect(backTo(evil)).toBe('/')
  }
})
