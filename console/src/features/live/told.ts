import type { LiveEvent } from '@/api/types'

/** A verdict as it was told just now. */
export interface Told {
  seq: number
  at_ms: number
  id: string
  callee: string
  dialer: string
  class: string
  confidence: number | null
  phase: string | null
}

/** What fits below the tiles without scrolling on a usual screen. */
const SHOWN = 8

/** The newest verdicts first; a later one of the same call takes the place of its former. */
export function latest(before: Told[], event: LiveEvent): Told[] {
  if (event.kind !== 'call.told') return before
  const data = event.data as Partial<Told>
  if (!data.class || !data.id) return before
  const told: Told = {
    seq: event.seq,
    at_ms: event.at_ms,
    id: data.id,
    callee: data.callee ?? '',
    dialer: data.dialer ?? '',
    class: data.class,
    confidence: data.confidence ?? null,
    phase: data.phase ?? null,
  }
  return [told, ...before.filter((one) => one.id !== told.id)].slice(0, SHOWN)
}
