/** Where to go after the login: a place of ours that was asked for, never another site. */
export function backTo(wanted: unknown): string {
  return typeof wanted === 'string' && /^\/(?![/\\])/.test(wanted) ? wanted : '/'
}
