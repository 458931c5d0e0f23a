// Files of a message: sent up at once when they are chosen, dropped or pasted, so that sending the message waits for nothing.

import { computed, ref, shallowRef } from 'vue'
import { answer, api, BASE } from '@/api/client'
import type { Problem } from '@/api/problem'
import { asProblem } from '@/api/resource'
import type { RequestFile } from '@/api/types'
import { EVERYWHERE } from './everywhere'

/** Where a file's bytes are: pictures come with a type that <img> takes, everything else to be saved. */
export function fileAt(id: string): string {
  return `${BASE}/desk/files/${encodeURIComponent(id)}`
}

export function useFiles() {
  const files = ref<RequestFile[]>([])
  const underWay = ref(0)
  const problem = shallowRef<Problem>()

  async function take(chosen: Iterable<File>) {
    problem.value = undefined
    for (const file of chosen) {
      underWay.value++
      try {
        const sent = api.POST('/desk/files', {
          params: { query: { name: file.name } },
          headers: { ...EVERYWHERE.headers, 'Content-Type': 'application/octet-stream' },
          // The schema knows bytes as numbers; what is sent are the file's own.
          body: file as unknown as number[],
          bodySerializer: (body: unknown) => body as Blob,
        })
        files.value.push(await answer(sent))
      } catch (error) {
        problem.value = asProblem(error)
      } finally {
        underWay.value--
      }
    }
  }
  function paste(event: ClipboardEvent) {
    const pasted = [...(event.clipboardData?.files ?? [])]
    if (pasted.length === 0) return
    event.preventDefault()
    void take(pasted)
  }
  function drop(event: DragEvent) {
    void take([...(event.dataTransfer?.files ?? [])])
  }
  function remove(id: string) {
    files.value = files.value.filter((file) => file.id !== id)
  }
  function clear() {
    files.value = []
    problem.value = undefined
  }
  return { files, ids: computed(() => files.value.map((file) => file.id)), busy: computed(() => underWay.value > 0), problem, take, paste, drop, remove, clear }
}

export type Files = ReturnType<typeof useFiles>
