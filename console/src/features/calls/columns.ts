// What can stand in a row of the list.

import type { Call } from '@/api/types'
import type { Formats } from '@/words/formats'

export const COLUMNS = [
  'began', 'class', 'callee', 'caller', 'dialer', 'carrier', 'campaign', 'reference', 'operator', 'prompt',
  'status', 'ended_by', 'decided', 'answered', 'held', 'length', 'node', 'label',
] as const
export type Column = (typeof COLUMNS)[number]

export const USUAL: Column[] = ['began', 'class', 'callee', 'dialer', 'campaign', 'operator', 'decided', 'length', 'label']

/** Columns with numbers stand to the right. */
export const NUMBERS: Column[] = ['status', 'decided', 'answered', 'held', 'length']

/** A cell as text; class and label are shown by components of their own. */
export function cell(column: Column, call: Call, formats: Formats): string {
  const length = (ms: number | null) => (ms === null ? '' : formats.length(ms))
  switch (column) {
    case 'began':
      // Today's calls need no date.
      return new Date(call.began_ms).toDateString() === new Date().toDateString() ? formats.time(call.began_ms) : formats.dateTime(call.began_ms)
    case 'decided':
      return length(call.decided_ms)
    case 'answered':
      return length(call.answered_ms)
    case 'held':
      return call.held_ms ? length(call.held_ms) : ''
    case 'length':
      return length(call.length_ms)
    case 'class':
      return call.class ?? ''
    case 'label':
      return ''
    case 'status':
      return call.status === null ? '' : String(call.status)
    default:
      return call[column] ?? ''
  }
}
