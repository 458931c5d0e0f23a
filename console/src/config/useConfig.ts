// One object of the configuration: loaded or begun, changed here, checked and saved by the server.

import { computed, ref, watch } from 'vue'
import { answer, api, versioned } from '@/api/client'
import { useAction, useResource } from '@/api/resource'
import type { Config, ConfigKind } from '@/api/types'
import { ifMatch } from '@/api/versions'
import type { Body } from './body'
import { BEGINNINGS } from './specs'

/** A new object exists only here until it is saved: the server takes none that cannot carry calls. */
export function useConfig(kind: ConfigKind, name: string, begun: boolean) {
  const path = { kind, name }
  const fresh = ref(begun)
  const stored = useResource(async (): Promise<{ data: Pick<Config, 'body' | 'secrets'>; etag: string }> => {
    if (fresh.value) return { data: { body: BEGINNINGS[kind], secrets: [] }, etag: '' }
    return versioned(api.GET('/config/{kind}/{name}', { params: { path } }))
  })
  const body = ref<Body>({})
  const secrets = ref<Record<string, string>>({})
  watch(stored.data, (now) => {
    if (!now) return
    body.value = structuredClone(now.data.body)
    secrets.value = {}
  })
  const changed = computed(
    () =>
      stored.data.value !== undefined &&
      (fresh.value || JSON.stringify(body.value) !== JSON.stringify(stored.data.value.data.body) || Object.keys(secrets.value).length > 0),
  )

  const saving = useAction(async () => {
    await answer(
      api.PUT('/config/{kind}/{name}', {
        params: { path, header: fresh.value ? { 'If-None-Match': '*' } : ifMatch(stored.data.value!.etag) },
        body: { body: body.value, ...(Object.keys(secrets.value).length ? { secrets: secrets.value } : {}) },
      }),
    )
    fresh.value = false
    await stored.reload()
    return true
  })
  const removal = useAction(async () => {
    await answer(api.DELETE('/config/{kind}/{name}', { params: { path, header: ifMatch(stored.data.value!.etag) } }))
    return true
  })
  function undo() {
    if (!stored.data.value) return
    body.value = structuredClone(stored.data.value.data.body)
    secrets.value = {}
    saving.problem.value = undefined
  }
  return { stored, fresh, body, secrets, changed, saving, removal, undo }
}

/** Names of another kind, for fields that choose among them. */
export function useNames(kind: ConfigKind) {
  return useResource(async () => (await answer(api.GET('/config/{kind}', { params: { path: { kind } } }))).items.map((item) => item.name))
}
