import { expect, test } from 'vitest'
import { domainsOf } from './domains'

test('domains are read as people write them', () => {
  expect(domainsOf('')).toEqual([])
  expect(domainsOf('acme.example')).toEqual(['acme.example'])
  expect(domainsOf(' @Acme.example, почта.рф;acme.example\nacme.ru ')).toEqual(['acme.example', 'почта.рф', 'acme.ru'])
})
