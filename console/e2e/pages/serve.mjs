// Gives out dist/ as the server does: each path that is no file is index.html, with a fresh nonce and the same strict
// content security policy. The API is answered by the tests, or by the server that SMARTCPD_URL names.
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, request as ask } from 'node:http'
import { extname, join, normalize } from 'node:path'

const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.woff': 'font/woff', '.html': 'text/html' }
const api = process.env.SMARTCPD_URL
const root = new URL('../../dist/', import.meta.url).pathname

const server = createServer(async (request, response) => {
  const path = normalize(new URL(request.url, 'http://x').pathname)
  if (path.startsWith('/api/') && api) {
    const passed = ask(api + request.url, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers)
      answer.pipe(response)
    })
    passed.on('error', () => response.destroy())
    request.pipe(passed)
    return
  }
  const file = await readFile(join(root, path)).catch(() => null)
  if (file && extname(path) && path !== '/index.html') {
    response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream' })
    response.end(file)
    return
  }
  if (path.startsWith('/api/')) {
    response.writeHead(404)
    response.end()
    return
  }
  const nonce = randomBytes(16).toString('base64')
  response.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy':
      `default-src 'none'; script-src 'self' 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data: blob:; ` +
      "media-src 'self' blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  })
  response.end((await readFile(join(root, 'index.html'), 'utf8')).replaceAll('__NONCE__', nonce))
})

server.on('upgrade', (request, socket) => {
  if (!api) return socket.destroy()
  const passed = ask(api + request.url, { headers: request.headers })
  passed.on('upgrade', (answer, other) => {
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n`)
    other.pipe(socket).pipe(other)
  })
  passed.on('response', () => socket.destroy())
  passed.on('error', () => socket.destroy())
  passed.end()
})

server.listen(Number(process.argv[2] ?? 4700), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`))
