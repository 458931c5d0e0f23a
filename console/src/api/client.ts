// The way to the server: one typed client, and answers that are either data or a Problem.

import createClient from 'openapi-fetch'
import { chosenTenant } from '@/app/tenant'
import { Problem, problemOf } from './problem'
import type { paths } from './schema'

export const BASE = '/api/v1'

export const api = createClient<paths>({ baseUrl: BASE })

api.use({
  onRequest({ request }) {
    const tenant = chosenTenant.value
    // A question about the service itself names none.
    if (tenant && !request.headers.has('SmartCPD-Tenant')) request.headers.set('SmartCPD-Tenant', tenant)
    if (request.method === 'POST') request.headers.set('Idempotency-Key', crypto.randomUUID())
    return request
  },
})

/** Called when the server does not know us any more. */
let onLoginWanted: () => void = () => {}
export function whenLoginIsWanted(go: () => void): void {
  onLoginWanted = go
}

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The data of an answer; a Problem is thrown for everything else. */
export async function answer<T>(asked: Promise<Answer<T>>): Promise<T> {
  return (await versioned(asked)).data
}

/** The data and the version (ETag) that a later change has to name. */
export async function versioned<T>(asked: Promise<Answer<T>>): Promise<{ data: T; etag: string }> {
  let got: Answer<T>
  try {
    got = await asked
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Problem('unreachable', 0, '')
  }
  if (!got.response.ok) throw told(problemOf(got.response.status, got.error))
  return { data: got.data as T, etag: got.response.headers.get('ETag') ?? '' }
}

/** For `api.GET` of a file: its data is what an element can play or save. */
export const asFile = { parseAs: 'blob' } as const

/** For `api.POST` of a form with files; a field without a value is left out. */
export const asForm = {
  bodySerializer(fields: object): FormData {
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) {
      if (value !== undefined && value !== null) form.append(name, value instanceof Blob ? value : String(value))
    }
    return form
  },
}

/** Saves a file under a name. */
export function save(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The browser takes the address when the click is handled; a minute is far beyond that.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

function told(problem: Problem): Problem {
  if (problem.word === 'login_wanted') onLoginWanted()
  return problem
}
