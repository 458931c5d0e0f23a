import type { Role } from '@/api/types'

/** Roles that somebody may give: those of a customer, and the service's own by its staff. */
export function rolesFor(own: Role | undefined): Role[] {
  const tenant: Role[] = ['read_only', 'analyst', 'admin']
  return own === 'operator' ? [...tenant, 'support', 'operator'] : tenant
}
