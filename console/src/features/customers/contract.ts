// A contract's terms as a form has them: one time of day for the working week, promises in hours.

import type { Schemas } from '@/api/types'

export interface PromiseRow {
  kind: string
  priority: string
  first: string
  solution: string
}

export interface Fields {
  zone: string
  from: string
  until: string
  /** Days of the week that are worked on, Monday is 0. */
  days: number[]
  promises: PromiseRow[]
  close_days: number
  waiting_pauses: boolean
  sees: Schemas['Who']
}

export const WHO = ['nobody', 'administrators', 'chosen', 'everyone'] as const satisfies readonly Schemas['Who'][]

export function usual(): Fields {
  return { zone: 'Europe/Moscow', from: '09:00', until: '18:00', days: [0, 1, 2, 3, 4], promises: [{ kind: '', priority: '', first: '1', solution: '8' }], close_days: 5, waiting_pauses: false, sees: 'nobody' }
}

/** Hours as people write them, "0.5" or "0,5", as minutes; nothing where nothing is promised. */
export function minutes(hours: string): number | null {
  const value = Number(hours.trim().replace(',', '.'))
  return hours.trim() && value > 0 ? Math.round(value * 60) : null
}

export function termsOf(fields: Fields): Schemas['Terms'] {
  return {
    calendar: { zone: fields.zone.trim(), week: Array.from({ length: 7 }, (_, day) => (fields.days.includes(day) ? [[fields.from, fields.until]] : [])) },
    promises: fields.promises.map(({ kind, priority, first, solution }) => ({ ...(kind ? { kind } : {}), ...(priority ? { priority } : {}), first_min: minutes(first), solution_min: minutes(solution) })),
    close_days: fields.close_days,
    waiting_pauses: fields.waiting_pauses,
    sees: fields.sees,
  }
}
