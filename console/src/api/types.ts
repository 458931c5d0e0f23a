// What the API speaks of, under short names.

export type Role = 'read_only' | 'analyst' | 'admin' | 'support' | 'operator'
export type Permission =
  | 'calls.read' | 'numbers.read' | 'audio.read' | 'calls.label' | 'calls.export'
  | 'config.read' | 'config.write' | 'prompts.write'
  | 'users.write' | 'keys.write' | 'webhooks.write' | 'audit.read' | 'tenants.write' | 'service.read'
export type Language = 'ru' | 'en'
export type ConfigKind = 'dialers' | 'carriers' | 'policies' | 'profiles' | 'tone-plans'

export interface Tenant { id: string; slug: string; name: string; active?: boolean; created_ms?: number; version?: number }
export interface Me {
  id: string; email: string; name: string; role: Role; language: Language; totp: boolean
  tenant: { id: string; slug: string; name: string } | null
  permissions: Permission[]
}
export interface Session { id: string; began_ms: number; seen_ms: number; address: string; agent: string; current: boolean }
export interface User { id: string; email: string; name: string; role: Role; language: Language; active: boolean; totp: boolean; last_login_ms: number | null; version: number }
export interface Key { id: string; name: string; prefix: string; scopes: string[]; created_ms: number; until_ms: number | null; used_ms: number | null }

export interface Config {
  name: string; version: number; body: Record<string, unknown>; secrets: string[]
  changed_ms: number; changed_by: string | null
}
export interface Fault { pointer: string; detail: string }

export interface Label { right: boolean | null; truth: string | null; note: string; by?: string; at_ms?: number; source?: string }
export interface Call {
  id: string; name: string; began_ms: number; node: string; dialer: string; carrier: string | null
  caller: string; callee: string; campaign: string | null; reference: string | null
  class: string; phase: string | null; confidence: number | null; prompt: string | null; operator: string | null
  status: number | null; ended_by: string | null; q850: number | null
  decided_ms: number | null; answered_ms: number | null; connected_ms: number | null; held_ms: number | null
  length_ms: number | null; deaf: string | null; recorded: boolean; label?: Label | null
}
export interface Telling { seq: number; phase: string; t_ms: number; class?: string | null; confidence?: number | null; evidence?: string | null; prompt?: string | null; event?: string | null }
export interface SipMessage { t_ms: number; leg: 'dialer' | 'carrier'; out: boolean; start_line: string; text?: string }
export interface CallDetail extends Call {
  detail: { tellings: Telling[]; media?: Record<string, unknown> | null; faults?: string[]; cause?: string | null; info?: Record<string, string> | null; messages: SipMessage[] }
  labels: Label[]
}
export interface Hearing {
  rate: number; ms: number; peaks: number[][]
  spectrogram: { png: string; f_max: number }
  events: { t_ms: number; what: string; until_ms?: number | null; detail?: string | null }[]
  probability: { t_ms: number; machine: number }[]
  matches: { prompt: string; from_ms: number; to_ms: number; score: number }[]
}

export interface Trunk { name: string; up: boolean; calls: number; registered?: boolean | null }
export interface Snapshot {
  calls_now: number; calls_per_s: number; verdicts: Record<string, number>
  decided_ms: { p50: number | null; p95: number | null }
  trunks: Trunk[]; heard: number; listeners_max: number; nodes: number
}
export interface LiveEvent { seq: number; at_ms: number; kind: string; data: unknown }

export interface Prompt {
  id: string; name: string; operator: string; category: string; class: string; language: string; words: string
  length_ms: number; source: string; since: string | null; until: string | null; layer: 'own' | 'common'
  matches_7d?: number | null; last_match_ms?: number | null
}
export interface Library { number: number; state: 'draft' | 'published' | 'withdrawn'; note: string; at_ms: number; by: string | null; prompts: number; added?: number; removed?: number; changed?: number }

export interface Webhook { id: string; name: string; url: string; kinds: string[]; active: boolean; version: number; failing_since_ms?: number | null }
export interface Delivery { id: string; kind: string; at_ms: number; attempts: number; status: number | null; state: string; detail?: string | null; next_ms?: number | null }
export interface AuditEntry { id: string; at_ms: number; actor: string; action: string; object: string; address?: string | null; before?: unknown; after?: unknown }
export interface Job { id: string; kind: string; state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'; progress: number | null; made_ms: number; done_ms: number | null; by: string | null; detail?: string | null; file?: string | null; result?: unknown }
export interface View { id: string; name: string; query: Record<string, string> | string }
export interface FunnelRow { key: string; calls: number; answered: number; refused: number; people: number; machines: number; announcements: number; tones: number; unknown: number; decided: number; decided_ms_mean: number | null; talk_ms: number }
export interface Confusion { truth: string; told: string; calls: number }
export interface Retention { calls_days: number; recordings_days: number; audit_days: number; [key: string]: number }
export interface About { version: string; node: string; database: string; uptime_s: number }
export interface Page<T> { items: T[]; next: string | null }
