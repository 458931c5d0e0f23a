// A policy's tables as a matrix: classes down, actions across. What is named more exactly has the last word, so a row
// without an entry of its own takes that of its group.

import { CLASSES } from '@/words/classes'

export const EARLY = ['report', 'pass', 'reject'] as const
export const ANSWERED = ['notify', 'pass', 'reject', 'cut'] as const
export type Table = 'early' | 'answered'
type Body = Record<string, unknown>

export interface Row {
  /** "announcement.*" or a class. */
  key: string
  /** Does it stand for all classes that begin so? */
  group: boolean
}

/** Rows in which a decision makes sense: ringing and silence are never acted on, and a person is never turned away. */
export const ROWS: readonly Row[] = [
  ...rowsOf('announcement.*', (name) => name.startsWith('announcement.')),
  ...rowsOf('tone.*', (name) => name.startsWith('tone.')),
  ...CLASSES.filter((name) => /^answer\.(human|machine|assistant|screening|ivr|fax|modem|false)/.test(name)).map((key) => ({ key, group: false })),
]

/** People: no row of theirs can be refused or hung up on. */
export function allowed(key: string, action: string): boolean {
  return !(key.startsWith('answer.human') && (action === 'reject' || action === 'cut'))
}

/** Which rows a table has: who answered is known only after the answer. */
export function inTable(table: Table, key: string): boolean {
  return table === 'answered' || !key.startsWith('answer.')
}

/** The action that holds for a row, and whether the row names it itself. */
export function action(body: Body, table: Table, key: string): { action: string; own: boolean } {
  const entries = tableOf(body, table)
  const own = entries[key]
  if (own !== undefined) return { action: own, own: true }
  const usual = table === 'early' ? 'report' : 'notify'
  const inherited = Object.keys(entries)
    .filter((pattern) => pattern.endsWith('*') && key.startsWith(pattern.slice(0, -1)) && pattern !== key)
    .sort((a, b) => b.length - a.length)[0]
  return { action: inherited ? entries[inherited]! : usual, own: false }
}

/** The body with a row's entry set, or taken away (null), so that the group's holds again. */
export function withAction(body: Body, table: Table, key: string, to: string | null): Body {
  const { [key]: _gone, ...rest } = tableOf(body, table)
  return withTable(body, table, to === null ? rest : { ...rest, [key]: to })
}

export function status(body: Body, key: string): number | undefined {
  return (body['status'] as Record<string, number> | undefined)?.[key]
}

export function withStatus(body: Body, key: string, to: number | undefined): Body {
  const { [key]: _gone, ...rest } = (body['status'] as Record<string, number> | undefined) ?? {}
  return withTable(body, 'status', to === undefined ? rest : { ...rest, [key]: to })
}

/** How many classes a policy ends calls for. */
export function ending(body: Body): number {
  return CLASSES.filter((name) =>
    (['early', 'answered'] as const).some((table) => inTable(table, name) && ['reject', 'cut'].includes(action(body, table, name).action)),
  ).length
}

function withTable(body: Body, table: string, entries: Record<string, unknown>): Body {
  if (Object.keys(entries).length) return { ...body, [table]: entries }
  const { [table]: _gone, ...rest } = body
  return rest
}

function tableOf(body: Body, table: Table): Record<string, string> {
  return (body[table] as Record<string, string> | undefined) ?? {}
}

function rowsOf(group: string, belongs: (name: string) => boolean): Row[] {
  return [{ key: group, group: true }, ...CLASSES.filter(belongs).map((key) => ({ key, group: false }))]
}
