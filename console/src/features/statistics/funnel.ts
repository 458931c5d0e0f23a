// The funnel's rows: sums, words of their keys, and the table as CSV.

import type { FunnelRow } from '@/api/types'
import { classKey } from '@/words/classes'
import type { Formats } from '@/words/formats'

export type By = 'hour' | 'day' | 'dialer' | 'campaign' | 'operator' | 'class'

/** What calls met, in the order in which the bars are piled up. */
export const PARTS = ['people', 'machines', 'announcements', 'tones', 'others', 'unknown'] as const

export function total(rows: FunnelRow[]) {
  const sum = { calls: 0, answered: 0, people: 0, machines: 0 }
  let decided = 0
  let weighed = 0
  for (const row of rows) {
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += row[key]
    if (row.decided_ms === null) continue
    // Calls with a verdict are what the mean is of.
    decided += row.calls - row.unknown
    weighed += row.decided_ms * (row.calls - row.unknown)
  }
  return { ...sum, decided_ms: decided ? weighed / decided : null }
}

/** A row's name as text, or the key of its words. Hours and days come as times. */
export function keyWords(by: By, key: string, formats: Formats): { text: string } | { key: string } {
  const ms = /^\d+$/.test(key) ? Number(key) : Date.parse(key)
  if (by === 'day' && Number.isFinite(ms)) return { text: formats.date(ms) }
  if (by === 'hour' && Number.isFinite(ms)) return { text: formats.dateTime(ms).replace(/:00$/, '') }
  const words = by === 'class' ? classKey(key) : undefined
  return words ? { key: words } : { text: key }
}

export function csvOf(rows: FunnelRow[]): string {
  const columns = ['key', 'calls', 'answered', 'refused', ...PARTS, 'decided_ms', 'talk_ms'] as const
  return [columns.join(','), ...rows.map((row) => columns.map((column) => quoted(row[column])).join(','))].join('\r\n') + '\r\n'
}

/** A campaign's name comes from outside: one that begins like a formula is kept from being one in a spreadsheet. */
function quoted(value: string | number | null): string {
  const text = value === null ? '' : String(value)
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
