// Where one can go, and who may.

import {
  mdiAccountMultipleOutline, mdiAlertOctagonOutline, mdiBookOpenVariant, mdiChartBar, mdiClipboardTextClockOutline, mdiCogOutline, mdiDomain, mdiEarHearing, mdiKeyOutline,
  mdiLifebuoy, mdiMonitorDashboard, mdiPhoneIncomingOutline, mdiPhoneOutline, mdiProgressClock, mdiServerNetwork, mdiTextBoxEditOutline, mdiTuneVariant, mdiBullhornOutline, mdiWebhook,
} from '@mdi/js'
import type { Permission } from '@/api/types'

export interface Place {
  /** Name of the route, and of its words: `nav.*`. */
  name: string
  icon: string
  permission?: Permission
}

export const PLACES: { group: string; places: Place[] }[] = [
  {
    group: 'work',
    places: [
      { name: 'live', icon: mdiMonitorDashboard, permission: 'calls.read' },
      { name: 'calls', icon: mdiPhoneOutline, permission: 'calls.read' },
      { name: 'prompts', icon: mdiBullhornOutline, permission: 'prompts.read' },
      { name: 'statistics', icon: mdiChartBar, permission: 'calls.read' },
      { name: 'jobs', icon: mdiProgressClock, permission: 'calls.read' },
    ],
  },
  {
    group: 'support',
    places: [
      { name: 'requests', icon: mdiLifebuoy, permission: 'requests.read' },
      { name: 'intake', icon: mdiPhoneIncomingOutline, permission: 'desk.work' },
      { name: 'masses', icon: mdiAlertOctagonOutline, permission: 'desk.work' },
      { name: 'texts', icon: mdiTextBoxEditOutline, permission: 'desk.work' },
      { name: 'articles', icon: mdiBookOpenVariant, permission: 'requests.read' },
    ],
  },
  {
    group: 'setting',
    places: [
      { name: 'trunks', icon: mdiServerNetwork, permission: 'config.read' },
      { name: 'policies', icon: mdiTuneVariant, permission: 'config.read' },
      { name: 'profiles', icon: mdiEarHearing, permission: 'config.read' },
      { name: 'webhooks', icon: mdiWebhook, permission: 'webhooks.write' },
    ],
  },
  {
    group: 'people',
    places: [
      { name: 'customers', icon: mdiDomain, permission: 'tenants.write' },
      { name: 'users', icon: mdiAccountMultipleOutline, permission: 'users.read' },
      { name: 'keys', icon: mdiKeyOutline, permission: 'keys.write' },
      { name: 'audit', icon: mdiClipboardTextClockOutline, permission: 'audit.read' },
      { name: 'settings', icon: mdiCogOutline },
    ],
  },
]

/** What somebody with these permissions sees. */
export function placesFor(can: (permission: Permission) => boolean) {
  return PLACES.map(({ group, places }) => ({
    group,
    places: places.filter((place) => !place.permission || can(place.permission)),
  })).filter(({ places }) => places.length > 0)
}
