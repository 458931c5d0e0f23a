import { mdiCancel, mdiCheckCircle, mdiCloseCircle, mdiClockOutline, mdiProgressClock } from '@mdi/js'
import type { Job } from '@/api/types'

export const STATE_ICONS: Record<string, string> = {
  waiting: mdiClockOutline,
  running: mdiProgressClock,
  done: mdiCheckCircle,
  failed: mdiCloseCircle,
  cancelled: mdiCancel,
}

/** The name that a job's file is saved under. */
export function nameOf(job: Job): string {
  const format = (job.parameters as { format?: unknown } | null)?.format
  return `${job.kind}-${job.id.slice(0, 8)}${typeof format === 'string' ? `.${format}` : ''}`
}

/** What a job was asked for, in a word: a format, a trunk's name. */
export function wishOf(parameters: unknown): string {
  if (typeof parameters !== 'object' || parameters === null) return ''
  const { format, dialer, file } = parameters as Record<string, unknown>
  return [format, dialer, file].filter((one) => typeof one === 'string').join(' · ')
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
