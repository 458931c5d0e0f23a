/** Milliseconds before the next try to connect: from half a second, doubled, at most 30 s, and up to a half less by
 *  chance, so that many consoles do not come back at one moment. */
export function backoff(failures: number, chance: number): number {
  const whole = Math.min(30_000, 500 * 2 ** Math.min(failures, 10))
  return Math.round(whole * (1 - chance / 2))
}
