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

/** A call that would be judged otherwise: verdicts of a replay, prompts of a trial. */
export interface Changed {
  call: string
  before: string | null
  after: string | null
}

/** Calls by what would become of them (lost, saved, …), the newest of each kind by name. */
export function kindsOf(result: unknown): { kind: string; count: number; calls: Changed[] }[] {
  if (typeof result !== 'object' || result === null) return []
  return Object.entries(result as Record<string, { count?: number; calls?: Record<string, string | null>[] } | null>).flatMap(([kind, named]) => {
    if (typeof named?.count !== 'number' || !Array.isArray(named.calls)) return []
    const calls = named.calls.map((one) => ({ call: one['call'] ?? '', before: one['before'] ?? one['published'] ?? null, after: one['after'] ?? one['draft'] ?? null }))
    return [{ kind, count: named.count, calls }]
  })
}
