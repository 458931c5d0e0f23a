// Gives out dist/ as the server does: each path that is no file is index.html, with a fresh nonce and the same strict
// content security policy. The API is answered by the tests.
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'

const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.woff': 'font/woff', '.html': 'text/html' }
const root = new URL('../../dist/', import.meta.url).pathname

createServer(async (request, response) => {
  const path = normalize(new URL(request.url, 'http://x').pathname)
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
}).listen(Number(process.argv[2] ?? 4700), '127.0.0.1')
