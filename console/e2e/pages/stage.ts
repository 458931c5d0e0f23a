// A page on given answers, and what every page has to keep: no words on the console, no violation of WCAG 2.2 AA.

import { readFileSync } from 'node:fs'
import { expect, test as base, type Page } from '@playwright/test'
import { NOW, READY } from './answers'

type State = 'ready' | 'empty' | 'broken' | 'waiting'

export interface Stage {
  page: Page
  /** Answers from here on; `only` changes some of them. */
  answers: (say: Record<string, unknown>, state?: State) => Promise<void>
  /** Sends a live event. */
  tell: (event: object) => void
  /** What was sent to the server, as "PUT /calls/c0/label {…}". */
  sent: string[]
}

const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')

export const test = base.extend<{ stage: Stage }>({
  stage: async ({ page }, use) => {
    const said: string[] = []
    let wrongExpected = false
    page.on('console', (message) => {
      if (message.type() === 'error' && !(wrongExpected && message.text().startsWith('Failed to load resource'))) said.push(message.text())
      if (message.type() === 'warning' && message.text().includes('Vue')) said.push(message.text())
    })
    page.on('pageerror', (error) => said.push(String(error)))
    await page.clock.setFixedTime(NOW)

    const sent: string[] = []
    const sockets: { send: (text: string) => void }[] = []
    await page.routeWebSocket(/\/api\/v1\/live/, (socket) => void sockets.push(socket))
    let seq = 0

    const stage: Stage = {
      page,
      sent,
      tell: (event) => sockets.forEach((socket) => socket.send(JSON.stringify({ seq: ++seq, at_ms: NOW, ...event }))),
      async answers(say, state = 'ready') {
        wrongExpected = state === 'broken' || Object.values(say).includes(null)
        await page.unrouteAll()
        await page.route('**/api/v1/**', async (route) => {
          const request = route.request()
          const path = decodeURIComponent(new URL(request.url()).pathname.replace('/api/v1', ''))
          if (request.method() !== 'GET') {
            sent.push(`${request.method()} ${path} ${request.postData() ?? ''}`.trim())
            const answer = say[`${request.method()} ${path}`]
            if (answer === null) return route.fulfill({ status: 422, contentType: 'application/problem+json', body: problem('invalid', 422, [{ pointer: '/body/calls_max', detail: 'write 1 to 100000' }]) })
            return route.fulfill({ json: answer ?? {}, headers: { ETag: '"3"' } })
          }
          const always = ['/me', '/setup'].includes(path)
          if (path === '/me' && say['/me'] === null) return route.fulfill({ status: 401, contentType: 'application/problem+json', body: problem('login_wanted', 401) })
          if (state === 'waiting' && !always) return
          if (state === 'broken' && !always) return route.fulfill({ status: 503, contentType: 'application/problem+json', body: problem('away', 503) })
          if (!(path in say)) return route.fulfill({ status: 404, contentType: 'application/problem+json', body: problem('not_found', 404) })
          const got = say[path]
          if (Buffer.isBuffer(got)) return route.fulfill({ body: got, contentType: 'image/png' })
          return route.fulfill({ json: got, headers: { ETag: '"3"' } })
        })
      },
    }
    await stage.answers(READY)
    await use(stage)
    expect(said, 'words on the browser’s console').toEqual([])
  },
})

function problem(word: string, status: number, errors: object[] = []): string {
  return JSON.stringify({ type: `/problems/${word}`, title: word, status, detail: 'failed to ask the database: connection refused', request_id: 'r-7', errors })
}

export async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle')
  await page.evaluate(() => document.fonts.ready)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
}

/** Until nothing fades or slides any more: colours halfway have a contrast that nobody reads. */
async function still(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame)
    const moving = () => document.getAnimations().filter((one) => one.playState === 'running' && one.effect?.getComputedTiming().endTime !== Infinity)
    // What a click sets off begins in the frames after it.
    for (let quiet = 0; quiet < 3; quiet++) {
      await frame()
      const found = moving()
      if (found.length > 0) quiet = 0
      await Promise.allSettled(found.map((one) => one.finished))
    }
  })
}

/** axe's violations of WCAG 2.2 AA, each as a line: those of the page at rest, which two looks in turn agree on. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  let found: string[] | undefined
  for (let look = 0; look < 5; look++) {
    await still(page)
    const before = found
    found = await looked(page)
    if (found.length === 0 || found.join() === before?.join()) return found
  }
  return found!
}

function looked(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') }
    // A menu is drawn at the end of the document, outside of its landmarks, while it is open.
    const open = document.querySelector('.v-overlay--active') !== null
    const { violations } = await axe.run(document, { ...(open ? { rules: { region: { enabled: false } } } : {}), runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    return violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)} ${node.any.map((check) => check.message).join('; ').slice(0, 160)}`))
  })
}

export async function as(page: Page, language: 'ru' | 'en', theme: 'light' | 'dark'): Promise<void> {
  await page.addInitScript(
    ([chosen, look]) => {
      localStorage.setItem('smartcpd.language', chosen!)
      localStorage.setItem('smartcpd.theme', look!)
    },
    [language, theme],
  )
}
