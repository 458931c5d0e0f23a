// The addresses and methods that the console asks for are the server's.

import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { start } from './server'

/** "GET /calls/{id}" for each line of the console's own schema. */
function asked(): string[] {
  const found: string[] = []
  let path = ''
  for (const line of readFileSync('src/api/schema.d.ts', 'utf8').split('\n')) {
    path = /^ {2}'(\/[^']*)': \{/.exec(line)?.[1] ?? path
    if (!path) continue
    for (const method of line.matchAll(/\b(get|post|put|patch|delete): Op/g)) found.push(`${method[1]!.toUpperCase()} ${path}`)
  }
  return found
}

test('each address of the console is one of the server', async ({ request }) => {
  const server = await start()
  try {
    const schema = (await (await request.get(`${server.url}/api/v1/openapi.json`)).json()) as { paths: Record<string, Record<string, unknown>> }
    const offered = Object.entries(schema.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    expect(asked().length).toBeGreaterThan(60)
    expect(asked().filter((one) => !offered.includes(one))).toEqual([])
  } finally {
    await server.stop()
  }
})
