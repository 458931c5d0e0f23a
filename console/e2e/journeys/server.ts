// The real server for a test: SMARTCPD_BIN with a folder of its own, on free ports, and gone when the test is. Its pages
// are those that it was built with; with SMARTCPD_PAGES=dist those of the last `npm run build`.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface Server {
  /** Where the console is, without a slash at its end. */
  url: string
  /** The one-time code of the first run. */
  code: string
  stop: () => Promise<void>
}

/** How long the first start may take: the database is made, on a busy machine. */
const START_MS = 60_000

/** The demonstration: a server with simulated calls that go on, and who may log in there. */
export interface Demo extends Omit<Server, 'code'> {
  email: string
  password: string
}

export async function startDemo(): Promise<Demo> {
  const database = fresh()
  const child = spawn(binary(), ['demo', '--console', '--seed', '7', ...(database ? ['--database', database] : [])], { stdio: ['ignore', 'pipe', 'inherit'] })
  const said = await words(child, /console (http:\S+)\s+login (\S+)\s+one-time password (\S+)/i)
  const [, api, email, password] = said as unknown as [string, string, string, string]
  const { url, end } = await pagesOf(api)
  return { url, email, password, stop: () => stop(child, end) }
}

/** `more`: further sections of its configuration. */
export async function start(more = ''): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'smartcpd-e2e-'))
  const database = fresh()
  writeFileSync(
    join(folder, 'smartcpd.toml'),
    `[sip]
listen = ["udp:127.0.0.1:0"]
[http]
listen = "127.0.0.1:0"
[console]
listen = "127.0.0.1:0"
[store]
folder = ${JSON.stringify(join(folder, 'data'))}
url = ${JSON.stringify(database)}
[log]
level = "error"
${more}`,
  )
  const child = spawn(binary(), ['serve', '--config', join(folder, 'smartcpd.toml')], { stdio: ['ignore', 'pipe', 'inherit'] })
  const said = await words(child, /Console: (http:\S+)\/setup\s+one-time code: (\S+)/)
  const [, api, code] = said as unknown as [string, string, string]
  const { url, end } = await pagesOf(api)
  return {
    url,
    code,
    async stop() {
      await stop(child, end)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

let databases = 0
/** A fresh database of the PostgreSQL whose socket SMARTCPD_E2E_POSTGRES names (`make test` starts one); else SQLite's own. */
function fresh(): string {
  const at = process.env['SMARTCPD_E2E_POSTGRES']
  if (!at) return ''
  const name = `e2e_${process.pid}_${(databases += 1)}`
  execFileSync('createdb', ['-h', at, '-U', 'smartcpd', name])
  return `postgres://smartcpd@localhost/${name}?host=${at}`
}

function binary(): string {
  const named = process.env['SMARTCPD_BIN']
  if (!named) throw new Error('SMARTCPD_BIN names no binary: SMARTCPD_BIN=../target/release/smartcpd npm run e2e')
  return named
}

/** Where the pages of a server are. */
async function pagesOf(api: string): Promise<{ url: string; end: () => void }> {
  if (process.env['SMARTCPD_PAGES'] !== 'dist') return { url: api, end: () => {} }
  const pages = spawn('node', ['e2e/pages/serve.mjs', '0'], { env: { ...process.env, SMARTCPD_URL: api }, stdio: ['ignore', 'pipe', 'inherit'] })
  const [url] = await words(pages, /http:\S+/)
  return { url, end: () => pages.kill() }
}

async function stop(child: ChildProcess, end: () => void): Promise<void> {
  end()
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  // A server that drains its calls is asked a second time, as a person would.
  const again = setTimeout(() => child.kill('SIGTERM'), 3000)
  await ended
  clearTimeout(again)
}

/** Waits for a line of what a program says: "Console: http://127.0.0.1:8060/setup  one-time code: abcd-efgh-ijkl". */
function words(child: ChildProcess, wanted: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the server did not start within ${START_MS / 1000} s`)), START_MS)
    child.once('exit', (code) => reject(new Error(`the server ended at its start with ${code}`)))
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const found = wanted.exec(line)
      if (!found) return
      clearTimeout(late)
      resolve(found)
    })
  })
}
