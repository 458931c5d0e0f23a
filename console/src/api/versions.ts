/** The header that names the version which a change was made from. */
export function ifMatch(version: number | string): { 'If-Match': string } {
  const tag = String(version)
  return { 'If-Match': tag.startsWith('"') || tag.startsWith('W/') ? tag : `"${tag}"` }
}
