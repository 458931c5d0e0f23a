// What went wrong, as the server tells it (RFC 9457), and as words of ours.

import type { Fault } from './types'

/** A request that was answered with a problem, or not at all. */
export class Problem extends Error {
  constructor(
    /** The last part of `type`: login_wanted, stale, conflict, …; `unreachable` where no answer came. */
    readonly word: string,
    readonly status: number,
    /** What the server says about it, for people. */
    readonly detail: string,
    readonly requestId: string | null = null,
    /** Which parts of what was sent are wrong, by JSON pointer. */
    readonly faults: Fault[] = [],
  ) {
    super(detail || word)
  }

  /** The words about one field, by its pointer. */
  fault(pointer: string): string | undefined {
    return this.faults.find((fault) => fault.pointer === pointer)?.detail
  }
}

/** The problem in an answer's body; whatever the body is, a problem comes of it. */
export function problemOf(status: number, body: unknown): Problem {
  const said = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const type = typeof said['type'] === 'string' ? said['type'] : ''
  const faults = Array.isArray(said['errors']) ? (said['errors'] as Fault[]) : []
  return new Problem(
    type.split('/').pop() || byStatus(status),
    status,
    typeof said['detail'] === 'string' ? said['detail'] : '',
    typeof said['request_id'] === 'string' ? said['request_id'] : null,
    faults,
  )
}

/** The key of the headline that people read; words that are not known share one. */
export function headline(problem: Problem): string {
  return KNOWN.has(problem.word) ? `problem.${problem.word}` : 'problem.other'
}

const KNOWN = new Set([
  'login_wanted', 'login_wrong', 'code_wanted', 'organisation_wanted', 'locked', 'forbidden', 'not_found', 'conflict', 'stale', 'version_wanted', 'invalid',
  'too_large', 'too_many', 'away', 'fault', 'unreachable',
])

function byStatus(status: number): string {
  if (status === 401) return 'login_wanted'
  if (status === 403) return 'forbidden'
  if (status === 404) return 'not_found'
  if (status === 409) return 'conflict'
  if (status === 412) return 'stale'
  if (status === 422 || status === 400) return 'invalid'
  if (status === 428) return 'version_wanted'
  if (status === 429) return 'too_many'
  if (status === 503) return 'away'
  return status >= 500 ? 'fault' : 'other'
}
