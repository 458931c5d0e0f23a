// An identity provider for a test: a page that asks who one is, codes that are given once and against PKCE's verifier, and
// tokens signed by a key of its own. It is at `localhost`, another site than the console's 127.0.0.1, as a real one is.

import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export const CLIENT = { id: 'smartcpd', secret: 'a secret of the test' }

export interface Identity {
  issuer: string
  stop: () => Promise<void>
}

interface Grant {
  challenge: string
  redirect: string
  nonce: string
  email: string
}

export async function startIdentity(): Promise<Identity> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const grants = new Map<string, Grant>()
  let issuer = ''
  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', issuer)
      const json = (body: object, status = 200) => response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
      const ask = (name: string) => url.searchParams.get(name) ?? ''
      switch (url.pathname) {
        case '/.well-known/openid-configuration':
          return json({
            issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys`,
            response_types_supported: ['code'], subject_types_supported: ['public'], id_token_signing_alg_values_supported: ['RS256'],
          })
        case '/keys':
          return json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }] })
        case '/authorize': {
          const code = randomUUID()
          grants.set(code, { challenge: ask('code_challenge'), redirect: ask('redirect_uri'), nonce: ask('nonce'), email: ask('login_hint') })
          const back = (pairs: Record<string, string>) => `${ask('redirect_uri')}?${new URLSearchParams({ state: ask('state'), ...pairs })}`.replaceAll('&', '&amp;')
          response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
          return response.end(`<h1>ID</h1><a href="${back({ code })}">Allow</a> <a href="${back({ error: 'access_denied' })}">Deny</a>`)
        }
        case '/token': {
          const form = new URLSearchParams(await bodyOf(request))
          const grant = grants.get(form.get('code') ?? '')
          grants.delete(form.get('code') ?? '')
          const basic = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString()
          const wanted = `${CLIENT.id}:${new URLSearchParams({ s: CLIENT.secret }).toString().slice(2)}`
          if (basic !== wanted) return json({ error: 'invalid_client' }, 401)
          const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url')
          if (!grant || grant.challenge !== challenge || grant.redirect !== form.get('redirect_uri')) return json({ error: 'invalid_grant' }, 400)
          const now = Math.floor(Date.now() / 1000)
          const claims = { iss: issuer, sub: `id of ${grant.email}`, aud: CLIENT.id, nonce: grant.nonce, iat: now, exp: now + 300, email: grant.email, email_verified: true, name: 'Ольга Новикова', locale: 'ru' }
          const text = [{ alg: 'RS256', kid: 'k1' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
          const signature = sign('sha256', Buffer.from(text), privateKey).toString('base64url')
          return json({ access_token: 'a', token_type: 'Bearer', id_token: `${text}.${signature}` })
        }
        default:
          return response.writeHead(404).end()
      }
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `http://localhost:${(server.address() as AddressInfo).port}`
  return { issuer, stop: () => end(server) }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of request) text += String(part)
  return text
}

function end(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
