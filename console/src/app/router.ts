// Addresses of pages, and who is let in.

import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import type { Permission } from '@/api/types'
import { whenLoginIsWanted } from '@/api/client'
import { backTo } from './back'
import { useSession } from './session'

declare module 'vue-router' {
  interface RouteMeta {
    /** Pages for strangers: login and set-up. */
    open?: boolean
    permission?: Permission
  }
}

const page = (name: string, path: string, permission: Permission | undefined, component: RouteRecordRaw['component']) =>
  ({ name, path, component, meta: permission ? { permission } : {} }) as RouteRecordRaw

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: { name: 'live' } },
  { name: 'login', path: '/login', component: () => import('@/features/login/LoginPage.vue'), meta: { open: true } },
  { name: 'setup', path: '/setup', component: () => import('@/features/setup/SetupPage.vue'), meta: { open: true } },
  page('test-call', '/test-call', 'config.write', () => import('@/features/setup/TestCallPage.vue')),
  page('live', '/live', 'calls.read', () => import('@/features/live/LivePage.vue')),
  page('calls', '/calls', 'calls.read', () => import('@/features/calls/CallsPage.vue')),
  page('call', '/calls/:id', 'calls.read', () => import('@/features/call/CallPage.vue')),
  page('prompts', '/prompts', 'prompts.read', () => import('@/features/prompts/PromptsPage.vue')),
  page('prompt', '/prompts/:id', 'prompts.read', () => import('@/features/prompts/PromptPage.vue')),
  page('statistics', '/statistics', 'calls.read', () => import('@/features/statistics/StatisticsPage.vue')),
  page('jobs', '/jobs', 'calls.read', () => import('@/features/jobs/JobsPage.vue')),
  page('requests', '/requests', 'requests.read', () => import('@/features/requests/RequestsPage.vue')),
  page('request-new', '/requests/new', 'requests.write', () => import('@/features/requests/NewRequestPage.vue')),
  page('request', '/requests/:id', 'requests.read', () => import('@/features/requests/RequestPage.vue')),
  page('articles', '/articles', 'requests.read', () => import('@/features/articles/ArticlesPage.vue')),
  page('intake', '/intake', 'desk.work', () => import('@/features/desk/IntakePage.vue')),
  page('masses', '/masses', 'desk.work', () => import('@/features/desk/MassesPage.vue')),
  page('texts', '/texts', 'desk.work', () => import('@/features/desk/TextsPage.vue')),
  page('trunks', '/trunks', 'config.read', () => import('@/features/trunks/TrunksPage.vue')),
  page('trunk', '/trunks/:kind(dialers|carriers)/:name', 'config.read', () => import('@/features/trunks/TrunkPage.vue')),
  page('policies', '/policies', 'config.read', () => import('@/features/policies/PoliciesPage.vue')),
  page('policy', '/policies/:name', 'config.read', () => import('@/features/policies/PolicyPage.vue')),
  page('profiles', '/profiles', 'config.read', () => import('@/features/profiles/ProfilesPage.vue')),
  page('profile', '/profiles/:name', 'config.read', () => import('@/features/profiles/ProfilePage.vue')),
  page('tone-plans', '/tone-plans', 'config.read', () => import('@/features/tone-plans/TonePlansPage.vue')),
  page('tone-plan', '/tone-plans/:name', 'config.read', () => import('@/features/tone-plans/TonePlanPage.vue')),
  page('webhooks', '/webhooks', 'webhooks.write', () => import('@/features/webhooks/WebhooksPage.vue')),
  page('webhook', '/webhooks/:id', 'webhooks.write', () => import('@/features/webhooks/WebhookPage.vue')),
  page('customers', '/customers', 'tenants.write', () => import('@/features/customers/CustomersPage.vue')),
  page('users', '/users', 'users.read', () => import('@/features/users/UsersPage.vue')),
  page('keys', '/keys', 'keys.write', () => import('@/features/keys/KeysPage.vue')),
  page('audit', '/audit', 'audit.read', () => import('@/features/audit/AuditPage.vue')),
  page('settings', '/settings', undefined, () => import('@/features/settings/SettingsPage.vue')),
  { name: 'forbidden', path: '/forbidden', component: () => import('./ForbiddenPage.vue') },
  { name: 'missing', path: '/:path(.*)*', component: () => import('./MissingPage.vue') },
]

export function makeRouter() {
  const router = createRouter({
    history: createWebHistory(),
    routes,
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  })

  router.beforeEach(async (to) => {
    const session = useSession()
    await session.restore()
    if (session.setupNeeded && to.name !== 'setup') return { name: 'setup' }
    if (!session.me && !to.meta.open) return { name: 'login', query: { back: to.fullPath } }
    if (session.me && to.meta.open) return backTo(to.query['back'])
    if (to.meta.permission && !session.can(to.meta.permission)) return { name: 'forbidden', query: { back: to.fullPath } }
    return true
  })

  whenLoginIsWanted(() => {
    const session = useSession()
    if (!session.me) return
    session.forget()
    void router.push({ name: 'login', query: { back: router.currentRoute.value.fullPath } })
  })

  return router
}
