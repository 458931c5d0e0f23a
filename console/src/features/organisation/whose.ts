/** Whose provider is meant: that of the customer who was chosen, or the service's own. */
export function whose(of: 'customer' | 'service'): Record<string, string> {
  return of === 'service' ? { 'SmartCPD-Tenant': '' } : {}
}
