import { expect, test } from 'vitest'
import { placesFor } from './navigation'

test('who may only read calls sees calls, not users', () => {
  const seen = placesFor((permission) => permission === 'calls.read').flatMap(({ places }) => places.map((place) => place.name))
  expect(seen).toEqual(['live', 'calls', 'statistics', 'jobs', 'settings'])
})
