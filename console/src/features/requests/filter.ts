// Which requests are listed. The filter is the page's address, so that a queue can be kept and sent.

import type { RequestsQuery } from '@/api/types'
import { KINDS, PRIORITIES, STATES } from './words'

/** `open` is all that is not over, `all` everything. */
export const GROUPS = ['open', 'all', 'solution_provided', 'closed'] as const

export interface Filter {
  state: string
  kind: string
  priority: string
  /** `me`, `none`; empty: anybody. */
  assignee: string
  customer: string
  mass: string
  unanswered: boolean
  q: string
}

export function fromQuery(query: Record<string, unknown>): Filter {
  const text = (key: string) => (typeof query[key] === 'string' ? (query[key] as string) : '')
  const among = (key: string, known: readonly string[]) => (known.includes(text(key)) ? text(key) : '')
  return {
    state: among('state', [...GROUPS, ...STATES]) || 'open',
    kind: among('kind', KINDS),
    priority: among('priority', PRIORITIES),
    assignee: among('assignee', ['me', 'none']),
    customer: text('customer'),
    mass: text('mass'),
    unanswered: text('unanswered') === 'yes',
    q: text('q'),
  }
}

export function toQuery(filter: Filter): Record<string, string> {
  const { state, unanswered, ...rest } = filter
  const said = { ...rest, state: state === 'open' ? '' : state, unanswered: unanswered ? 'yes' : '' }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value))
}

/** What the API is asked for; what is for the desk alone is left out for a customer. */
export function toRequest(filter: Filter, staff: boolean): RequestsQuery {
  const { state, kind, priority, assignee, customer, mass, unanswered, q } = filter
  return {
    ...(state === 'all' ? {} : { state }),
    ...(kind ? { kind } : {}),
    ...(priority ? { priority } : {}),
    ...(unanswered ? { unanswered } : {}),
    ...(q ? { q } : {}),
    ...(staff && assignee ? { assignee } : {}),
    ...(staff && customer ? { customer } : {}),
    ...(staff && mass ? { mass } : {}),
  }
}
