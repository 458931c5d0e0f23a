import { expect, test } from 'vitest'
import { fromQuery, toQuery, toRequest } from './filter'

test('what is open comes first, and an address brings its filter back', () => {
  expect(toRequest(fromQuery({}), true)).toEqual({ state: 'open' })
  const query = { state: 'all', kind: 'incident', assignee: 'none', unanswered: 'yes', q: 'эхо' }
  expect(toQuery(fromQuery(query))).toEqual(query)
  expect(toRequest(fromQuery(query), true)).toEqual({ kind: 'incident', assignee: 'none', unanswered: true, q: 'эхо' })
})

test('a customer does not ask for what is the desk’s, nor anybody for words that are none', () => {
  expect(toRequest(fromQuery({ assignee: 'me', customer: 't1', mass: 'm1', kind: 'nonsense', state: 'nonsense' }), false)).toEqual({ state: 'open' })
})
