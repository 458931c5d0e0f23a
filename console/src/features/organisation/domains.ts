/** Domains as somebody writes them, one behind the other: with commas or spaces, perhaps with the @ in front. */
export function domainsOf(text: string): string[] {
  const names = text.split(/[\s,;]+/).map((name) => name.replace(/^@/, '').toLowerCase())
  return [...new Set(names.filter((name) => name !== ''))]
}
