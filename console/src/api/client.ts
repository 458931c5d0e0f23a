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

/** A file behind the login, as something that an element can play or save. */
export async function fetchFile(path: string): Promise<Blob> {
  const headers = new Headers()
  if (chosenTenant.value) headers.set('SmartCPD-Tenant', chosenTenant.value)
  let response: Response
  try {
    response = await fetch(BASE + path, { headers })
  } catch {
    throw new Problem('unreachable', 0, '')
  }
  if (!response.ok) throw told(problemOf(response.status, await response.json().catch(() => null)))
  return response.blob()
}

/** Saves a file under a name. */
export async function download(path: string, name: string): Promise<void> {
  save(await fetchFile(path), name)
}

export function save(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The browser takes the address when the click is handled; a minute is far beyond that.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** Sends a form with files. */
export async function upload<T>(path: string, form: FormData): Promise<T> {
  const headers = new Headers({ 'Idempotency-Key': crypto.randomUUID() })
  if (chosenTenant.value) headers.set('SmartCPD-Tenant', chosenTenant.value)
  let response: Response
  try {
    response = await fetch(BASE + path, { method: 'POST', body: form, headers })
  } catch {
    throw new Problem('unreachable', 0, '')
  }
  const body: unknown = await response.json().catch(() => null)
  if (!response.ok) throw told(problemOf(response.status, body))
  return body as T
}

function told(problem: Problem): Problem {
  if (problem.word === 'login_wanted') onLoginWanted()
  return problem
}
