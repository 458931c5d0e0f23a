import type { Hearing, Match } from '@/api/types'

/** The match that stood, with the most evidence; candidates and those that were taken back stand on the axis alone. */
export function bestOf(hearing: Hearing): Match | undefined {
  return hearing.matches.filter((one) => one.state === 'match').sort((a, b) => b.score - a.score)[0]
}
