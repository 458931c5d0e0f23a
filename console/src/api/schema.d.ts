// The API's addresses, in the form that openapi-fetch takes. `e2e/journeys/schema.spec.ts` compares them with the server's.

import type * as t from './types'

type Json<T> = { content: { 'application/json': T } }
type Op<Answer, Body = never, Query = Record<string, unknown>, Path = never> = {
  parameters: { query?: Query; header?: Record<string, string>; path: Path; cookie?: never }
  requestBody?: [Body] extends [never] ? never : Json<Body>
  responses: { 200: { headers: Record<string, unknown> } & Json<Answer> }
}
type OpNoPath<Answer, Body = never, Query = Record<string, unknown>> = {
  parameters: { query?: Query; header?: Record<string, string>; path?: never; cookie?: never }
  requestBody?: [Body] extends [never] ? never : Json<Body>
  responses: { 200: { headers: Record<string, unknown> } & Json<Answer> }
}
type Items<T> = { items: T[] }
type Id = { id: string }
type Q = Record<string, unknown>

export interface paths {
  '/setup': { get: OpNoPath<{ needed: boolean }>; post: OpNoPath<unknown, Q> }
  '/test-calls': { post: OpNoPath<t.TestCall, Q> }
  '/test-calls/{id}': { get: Op<t.TestCall, never, Q, Id> }
  '/session': { post: OpNoPath<{ state: 'open' | 'code_wanted' }, Q>; delete: OpNoPath<unknown> }
  '/session/code': { post: OpNoPath<{ state: 'open' | 'code_wanted' }, Q> }
  '/me': { get: OpNoPath<t.Me>; patch: OpNoPath<unknown, Q> }
  '/me/password': { put: OpNoPath<unknown, Q> }
  '/me/totp': { post: OpNoPath<{ secret: string; uri: string }, Q>; put: OpNoPath<unknown, Q>; delete: OpNoPath<unknown, Q> }
  '/me/sessions': { get: OpNoPath<Items<t.Session>> }
  '/me/sessions/{id}': { delete: Op<unknown, never, Q, Id> }
  '/tenants': { get: OpNoPath<Items<t.Tenant>>; post: OpNoPath<t.Tenant, Q> }
  '/tenants/{id}': { get: Op<t.Tenant, never, Q, Id>; patch: Op<t.Tenant, Q, Q, Id> }
  '/users': { get: OpNoPath<Items<t.User>>; post: OpNoPath<t.User, Q> }
  '/users/{id}': { get: Op<t.User, never, Q, Id>; patch: Op<t.User, Q, Q, Id>; delete: Op<unknown, never, Q, Id> }
  '/keys': { get: OpNoPath<Items<t.Key>>; post: OpNoPath<t.Key & { key: string }, Q> }
  '/keys/{id}': { delete: Op<unknown, never, Q, Id> }
  '/config/{kind}': { get: Op<Items<t.Config>, never, Q, { kind: t.ConfigKind }> }
  '/config/{kind}/{name}': {
    get: Op<t.Config, never, Q, { kind: t.ConfigKind; name: string }>
    put: Op<t.Config, Q, Q, { kind: t.ConfigKind; name: string }>
    delete: Op<unknown, never, Q, { kind: t.ConfigKind; name: string }>
  }
  '/config/{kind}/{name}/history': { get: Op<Items<t.ConfigWas>, never, Q, { kind: t.ConfigKind; name: string }> }
  '/config/{kind}/{name}/check': { post: Op<{ ok: boolean }, Q, Q, { kind: t.ConfigKind; name: string }> }
  '/tone-plans': { get: OpNoPath<Items<t.NationalPlan>> }
  '/calls': { get: OpNoPath<t.Page<t.Call>> }
  '/calls/{id}': { get: Op<t.CallDetail, never, Q, Id> }
  '/calls/{id}/hearing': { get: Op<t.Hearing, never, Q, Id> }
  '/calls/{id}/label': { put: Op<t.Label, Q, Q, Id>; delete: Op<unknown, never, Q, Id> }
  '/statistics': { get: OpNoPath<Items<t.FunnelRow>> }
  '/statistics/labels': { get: OpNoPath<t.Rightness> }
  '/live/snapshot': { get: OpNoPath<t.Snapshot> }
  '/prompts': { get: OpNoPath<Items<t.Prompt>>; post: OpNoPath<t.Prompt, Q> }
  '/prompts/{id}': { get: Op<t.Prompt, never, Q, Id>; patch: Op<t.Prompt, Q, Q, Id>; delete: Op<unknown, never, Q, Id> }
  '/prompts/{id}/peaks': { get: Op<{ length_ms: number; peaks: number[][] }, never, Q, Id> }
  '/libraries': { get: OpNoPath<Items<t.Library>> }
  '/libraries/publication': { post: OpNoPath<t.Library, Q> }
  '/libraries/{number}/restoration': { post: Op<t.Library, never, Q, { number: number }> }
  '/libraries/draft': { delete: OpNoPath<unknown> }
  '/libraries/draft/trials': { post: OpNoPath<{ job: string }, Q> }
  '/webhooks': { get: OpNoPath<Items<t.Webhook>>; post: OpNoPath<t.Webhook & { secret?: string }, Q> }
  '/webhooks/{id}': { get: Op<t.Webhook, never, Q, Id>; patch: Op<t.Webhook, Q, Q, Id>; delete: Op<unknown, never, Q, Id> }
  '/webhooks/{id}/trials': { post: Op<t.Delivery, never, Q, Id> }
  '/webhooks/{id}/deliveries': { get: Op<t.Page<t.Delivery>, never, Q, Id> }
  '/deliveries/{id}/replay': { post: Op<t.Delivery, never, Q, Id> }
  '/audit': { get: OpNoPath<t.Page<t.AuditEntry>> }
  '/jobs': { get: OpNoPath<Items<t.Job>> }
  '/jobs/{id}': { get: Op<t.Job, never, Q, Id>; delete: Op<unknown, never, Q, Id> }
  '/exports': { post: OpNoPath<t.Job, Q> }
  '/replays': { post: OpNoPath<{ job: string }, Q> }
  '/views': { get: OpNoPath<Items<t.View>>; post: OpNoPath<t.View, Q> }
  '/views/{id}': { delete: Op<unknown, never, Q, Id> }
  '/retention': { get: OpNoPath<Items<t.Rule>>; put: OpNoPath<Items<t.Rule>, Q> }
  '/classes': { get: OpNoPath<Items<{ class: string; group: string }>> }
  '/about': { get: OpNoPath<t.About> }
}
