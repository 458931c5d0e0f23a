// A trunk in a line: what tells it apart.

type Body = Record<string, unknown>

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

export function dialerWords(body: Body): string[] {
  const carriers = list(body['carriers'])
  return [
    list(body['addresses']).join(', '),
    typeof body['user'] === 'string' ? body['user'] : '',
    carriers.length ? `→ ${carriers.join(', ')}` : '',
  ].filter(Boolean)
}

export function carrierWords(body: Body): string[] {
  const gateways = Array.isArray(body['gateways']) ? body['gateways'] : []
  return gateways
    .map((gateway: unknown) => (typeof gateway === 'string' ? gateway : String((gateway as Body)['uri'] ?? '')))
    .filter((uri) => uri && uri !== 'sip:')
}
