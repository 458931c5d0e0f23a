import { mdiCancel, mdiCheckCircle, mdiCloseCircle, mdiClockOutline, mdiProgressClock } from '@mdi/js'
import type { Job } from '@/api/types'

export const STATE_ICONS: Record<Job['state'], string> = {
  waiting: mdiClockOutline,
  running: mdiProgressClock,
  done: mdiCheckCircle,
  failed: mdiCloseCircle,
  cancelled: mdiCancel,
}

/** A result as rows: names with plain values first; lists of calls are links. */
export function rowsOf(result: unknown): [string, string][] {
  if (typeof result !== 'object' || result === null) return [['', String(result)]]
  return Object.entries(result)
    .filter(([, value]) => typeof value !== 'object' || value === null)
    .map(([key, value]) => [key, String(value)])
}

/** Calls that would end otherwise, where a replay or a trial found some. */
export function callsOf(result: unknown): { id: string; before: string; after: string }[] {
  const changes = typeof result === 'object' && result !== null ? (result as Record<string, unknown>)['calls'] : undefined
  if (!Array.isArray(changes)) return []
  return changes.filter(
    (one): one is { id: string; before: string; after: string } =>
      typeof one === 'object' && one !== null && 'id' in one && 'before' in one && 'after' in one,
  )
}
