// Who is logged in, and what they may.

import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { answer, api } from '@/api/client'
import { Problem } from '@/api/problem'
import type { Me, Permission, Tenant } from '@/api/types'
import { chosenTenant } from './tenant'

export const useSession = defineStore('session', () => {
  const me = shallowRef<Me | null>(null)
  const asked = ref(false)
  const setupNeeded = ref(false)
  /** The login waits for the code of the second factor. */
  const codeWanted = ref(false)
  const tenants = shallowRef<Tenant[]>([])

  /** Service staff have no customer of their own and choose one. */
  const staff = computed(() => me.value?.of_service ?? false)
  const tenant = computed(() => (staff.value ? chosenTenant.value : (me.value?.tenant?.slug ?? '')))

  function can(permission: Permission): boolean {
    return me.value?.permissions.includes(permission) ?? false
  }

  /** Asks the server once who we are; later calls know. */
  async function restore(): Promise<void> {
    if (asked.value) return
    try {
      open(await answer(api.GET('/me')))
    } catch (error) {
      if (!(error instanceof Problem) || !['login_wanted', 'code_wanted'].includes(error.word)) throw error
      codeWanted.value = error.word === 'code_wanted'
      if (!codeWanted.value) setupNeeded.value = (await answer(api.GET('/setup'))).needed
    }
    asked.value = true
    await loadTenants()
  }

  function open(who: Me): void {
    me.value = who
    asked.value = true
    setupNeeded.value = false
    codeWanted.value = false
    if (!who.of_service) chosenTenant.value = ''
  }

  async function loadTenants(): Promise<void> {
    if (!staff.value) return
    tenants.value = (await answer(api.GET('/tenants'))).items
    const known = tenants.value.some((one) => one.slug === chosenTenant.value)
    if (!known) chosenTenant.value = tenants.value[0]?.slug ?? ''
  }

  function forget(): void {
    me.value = null
    tenants.value = []
  }

  async function logOut(): Promise<void> {
    await answer(api.DELETE('/session')).catch(() => {})
    forget()
  }

  return { me, setupNeeded, codeWanted, tenants, staff, tenant, can, restore, open, loadTenants, forget, logOut }
})
