import { expect, test } from 'vitest'
import { rolesFor } from './roles'

test('nobody gives more than they have', () => {
  expect(rolesFor('admin', true)).toEqual(['read_only', 'analyst', 'admin'])
  expect(rolesFor('operator', true)).toEqual(['read_only', 'analyst', 'admin'])
  expect(rolesFor('operator', false)).toEqual(['support', 'operator'])
  expect(rolesFor('analyst', true)).toEqual(['read_only', 'analyst'])
  expect(rolesFor(undefined, true)).toEqual([])
})
