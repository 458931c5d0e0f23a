// Changes to an object's body. A key that is emptied goes: then the default holds.

export type Body = Record<string, unknown>

export function withKey(body: Body, key: string, value: unknown): Body {
  const empty = value === undefined || value === null || value === '' || (typeof value === 'number' && Number.isNaN(value))
  if (!empty) return { ...body, [key]: value }
  const { [key]: _gone, ...rest } = body
  return rest
}

/** What a person wrote as text. */
export function parse(text: string): { body: Body } | { fault: string } {
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { body: body as Body }
    return { fault: '{ … }' }
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) }
  }
}

/** Keys whose values differ between two versions, for the list of changes. */
export function difference(before: Body, after: Body): { key: string; before: string; after: string }[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  const text = (value: unknown) => (value === undefined ? '' : JSON.stringify(value))
  return keys
    .map((key) => ({ key, before: text(before[key]), after: text(after[key]) }))
    .filter((row) => row.before !== row.after)
}
