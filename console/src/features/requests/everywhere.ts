/** The desk sees the requests of all customers: what it asks names none of them. A customer's own people see theirs anyway. */
export const EVERYWHERE = { headers: { 'SmartCPD-Tenant': '' } }
