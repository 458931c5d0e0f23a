import type { Role } from '@/api/types'

/** From the least to the most. */
const ORDER: Role[] = ['read_only', 'analyst', 'admin', 'support', 'operator']

/** Roles that somebody may give: up to their own; of a customer where one is looked at, else of the service. */
export function rolesFor(own: Role | undefined, ofTenant: boolean): Role[] {
  const most = own ? ORDER.indexOf(own) : -1
  return ORDER.filter((role, at) => at <= most && (role === 'support' || role === 'operator') !== ofTenant)
}
