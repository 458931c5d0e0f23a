// What a page shows: loading, an error, or content; and lists that come page by page.

import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { Problem } from './problem'
import type { Page } from './types'

export interface Resource<T> {
  data: ShallowRef<T | undefined>
  problem: ShallowRef<Problem | undefined>
  loading: Ref<boolean>
  /** Asks again; what is shown stays until the answer is there. */
  reload: () => Promise<void>
}

/** Loads at once, and again whenever `reload` is called. An answer that was overtaken by a later question is dropped. */
export function useResource<T>(load: () => Promise<T>): Resource<T> {
  const data = shallowRef<T>()
  const problem = shallowRef<Problem>()
  const loading = ref(true)
  let turn = 0
  async function reload() {
    const mine = ++turn
    loading.value = true
    try {
      const got = await load()
      if (mine !== turn) return
      data.value = got
      problem.value = undefined
    } catch (error) {
      if (mine !== turn) return
      problem.value = asProblem(error)
    }
    loading.value = false
  }
  onScopeDispose(() => turn++)
  void reload()
  return { data, problem, loading, reload }
}

export interface Pages<T> extends Resource<T[]> {
  /** Is there more behind what is shown? */
  more: Ref<boolean>
  loadMore: () => Promise<void>
}

export function usePages<T>(load: (after: string | undefined) => Promise<Page<T>>): Pages<T> {
  const next = ref<string | null>(null)
  const more = ref(false)
  const resource = useResource(async () => {
    const page = await load(undefined)
    keep(page)
    return page.items
  })
  let busy = false
  function keep(page: Page<T>) {
    next.value = page.next
    more.value = page.next !== null && page.next !== undefined
  }
  async function loadMore() {
    if (busy || !next.value || resource.loading.value) return
    busy = true
    const before = resource.data.value
    try {
      const page = await load(next.value)
      // The list may have been asked for anew meanwhile.
      if (resource.data.value === before) {
        keep(page)
        resource.data.value = [...(before ?? []), ...page.items]
      }
    } catch (error) {
      resource.problem.value = asProblem(error)
    } finally {
      busy = false
    }
  }
  return { ...resource, more, loadMore }
}

/** Something that a person started: busy while it runs, with what went wrong. */
export function useAction<A extends unknown[], T>(run: (...args: A) => Promise<T>) {
  const busy = ref(false)
  const problem = shallowRef<Problem>()
  async function start(...args: A): Promise<T | undefined> {
    if (busy.value) return undefined
    busy.value = true
    problem.value = undefined
    try {
      return await run(...args)
    } catch (error) {
      problem.value = asProblem(error)
      return undefined
    } finally {
      busy.value = false
    }
  }
  return { start, busy, problem }
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  console.error(error)
  return new Problem('fault', 0, error instanceof Error ? error.message : String(error))
}
