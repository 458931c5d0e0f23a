// A cadence as a table that people fill: each row a tone and the pause behind it.

export const KINDS = ['ringback', 'busy', 'congestion'] as const
export type ToneKind = (typeof KINDS)[number]

/** As the server has it: tones and pauses take turns. */
export interface Step { hz?: number[]; am_hz?: number; ms: number }
export interface Row { hz: string; am_hz: number | null; tone_ms: number | null; pause_ms: number | null }

/** The most rows: a cadence has at most eight steps. */
export const ROWS_MAX = 4

export function rowsOf(steps: Step[]): Row[] {
  const rows: Row[] = []
  for (let at = 0; at < steps.length; at += 2) {
    const [tone, pause] = [steps[at]!, steps[at + 1]]
    rows.push({ hz: (tone.hz ?? []).join(', '), am_hz: tone.am_hz ?? null, tone_ms: tone.ms ?? null, pause_ms: pause?.ms ?? null })
  }
  return rows
}

export function stepsOf(rows: Row[]): Step[] {
  return rows.flatMap((row) => [
    { hz: hzOf(row.hz), ...(row.am_hz === null ? {} : { am_hz: row.am_hz }), ms: row.tone_ms ?? 0 },
    { ms: row.pause_ms ?? 0 },
  ])
}

/** "440, 480" or "440+480". */
export function hzOf(text: string): number[] {
  return text
    .split(/[,;+\s]+/)
    .filter(Boolean)
    .map(Number)
}

/** In a line: "425 Hz, 350/350 ms". */
export function line(steps: Step[]): string {
  const voices = [...new Set(steps.filter((step) => step.hz?.length).map((step) => step.hz!.join('+')))]
  return `${voices.join(' / ')} Hz, ${steps.map((step) => step.ms).join('/')} ms`
}

/** What a plan of a country gives to one's own: its tones, and its words where there are none yet. */
export function copied(body: Record<string, unknown>, from: Record<string, unknown>): Record<string, unknown> {
  const { ringback: _r, busy: _b, congestion: _c, also: _a, ...words } = body
  return { ...from, ...words }
}
