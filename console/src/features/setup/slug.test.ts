import { expect, test } from 'vitest'
import { slugOf } from './slug'

test('a company gives a name for addresses', () => {
  expect(slugOf('ООО «Вектор Связи»')).toBe('ooo-vektor-svyazi')
  expect(slugOf('  Acme & Sons, Ltd. ')).toBe('acme-sons-ltd')
  expect(slugOf('«»')).toBe('')
})
