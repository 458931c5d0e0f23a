// What the API speaks of, under short names.

export type Role = 'read_only' | 'analyst' | 'admin' | 'support' | 'operator'
export type Permission =
  | 'calls.read' | 'numbers.read' | 'audio.read' | 'calls.label' | 'calls.export'
  | 'config.read' | 'config.write' | 'prompts.read' | 'prompts.write' | 'retention.write'
  | 'users.read' | 'users.write' | 'keys.write' | 'webhooks.write' | 'audit.read' | 'streams.write' | 'tenants.write' | 'service.read'
export type Language = 'ru' | 'en'
export type ConfigKind = 'dialers' | 'carriers' | 'policies' | 'profiles' | 'tone-plans'

export interface Tenant { id: string; slug: string; name: string; active: boolean; created_ms: number; version: number }
export interface Me {
  id: string | null; email: string | null; name: string; role: Role; language: Language; totp: boolean
  /** The customer one looks at: one's own, or that which staff chose. */
  tenant: { id: string; slug: string; name: string } | null
  permissions: Permission[]
  of_service: boolean
  version: number
}
export interface Session { id: string; created_ms: number; seen_ms: number; address: string; agent: string; this: boolean }
export interface User { id: string; email: string; name: string; role: Role; language: Language; disabled: boolean; totp: boolean; locked_until_ms: number | null; seen_ms: number | null; created_ms: number; version: number }
export interface Key { id: string; name: string; prefix: string; scopes: string[]; created_ms: number; expires_ms: number | null; seen_ms: number | null; revoked_ms: number | null }

export interface Config {
  name: string; version: number; body: Record<string, unknown>; secrets: string[]
  changed_ms: number; changed_by: string
}
/** The tones of a country; a customer's own plan has the same body. */
export interface NationalPlan { code: string; body: Record<string, unknown> & { name: string; source: string } }
/** What an object was; without a body, it was removed. */
export interface ConfigWas { version: number; body: Record<string, unknown> | null; changed_ms: number; changed_by: string }
export interface Fault { pointer: string; detail: string }

/** What a person, or the dialer by its disposition, says of a call. */
export interface Label { source: string; right: boolean | null; truth: string | null; code: string | null; note: string; by: string; at_ms: number }
export interface Call {
  id: string; name: string; began_ms: number; node: string; dialer: string; carrier: string | null
  caller: string; callee: string; campaign: string | null; reference: string | null
  class: string | null; phase: string | null; confidence: number | null; prompt: string | null; operator: string | null
  status: number | null; ended_by: string; q850: number
  decided_ms: number | null; answered_ms: number | null; connected_ms: number | null; held_ms: number
  length_ms: number; deaf: string | null; recorded: boolean; labels: Label[]
}
/** `t_ms` counts from the beginning of the phase: the early media, or the answer. */
export interface Telling {
  seq: number; phase: string; t_ms: number; last?: boolean
  class?: string | null; confidence?: number | null; evidence?: string | null; prompt?: string | null; prompt_at_ms?: number | null
  event?: string | null; no_verdict?: string | null
}
/** A rung of the call's ladder: what came from a leg, or went to it. */
export interface Step { t_ms: number; leg: 'caller' | 'callee'; came: boolean; word: string; media?: boolean; status?: number; q850?: number | null; target?: number }
/** What stands in a call's record beside its row. An older record may lack some of it. */
export interface Detail {
  tellings?: Telling[]; steps?: Step[]; faults?: string[]; early_ms?: number | null; hold_expired?: boolean
  cause?: string | null; info?: string | null; media?: unknown
}
export interface CallDetail extends Call {
  library: number; own_library: number
  detail: Detail
}
/** A verdict about a recording, with its ground in words. */
export interface Heard {
  class: string; confidence: number; decided_ms: number; evidence: string; ground: string; prompt: string | null
  runner_up: { class: string; probability: number } | null
}
export interface Match {
  prompt: string; prompt_id: string | null; operator: string; class: string; state: string
  from_ms: number; to_ms: number; known_ms: number; offset_ms: number; score: number
}
/** What the detector hears in a recording; times count from the recording's beginning. */
export interface Hearing {
  rate: number; length_ms: number; cut: boolean; answered_ms: number | null
  heard_with: { common: number; own: number; file: boolean; prompts: number; profile_of: string | null }
  verdict: Heard | null
  peaks: number[][]
  spectrogram: { png: string; columns: number; f_max: number }
  events: { t_ms: number; end_ms: number; what: string; words: string; confidence: number | null; prompt: string | null }[]
  probability: { t_ms: number; machine: number }[]
  matches: Match[]
}

/** Who answers a test call, and how it goes. */
export type Plays = 'person' | 'voicemail' | 'no_such_number' | 'busy'
export interface TestCall {
  id: string; plays: Plays; state: 'preparing' | 'calling' | 'arrived' | 'over' | 'failed'; began_ms: number; at: string
  name: string | null; call: string | null
  told: { phase: string; t_ms: number; class: string | null; confidence: number | null; event: string | null }[]
  class: string | null; phase: string | null; confidence: number | null; expected: string[]; ended_by: string | null
  ends: { status: number; phrase: string; rang_ms: number | null; answered_ms: number | null; ended_ms: number; rtp_sent: number; rtp_received: number } | null
  fault: 'peers' | 'not_lent' | 'unreachable' | 'refused' | 'late' | null; why: string | null
}

export interface Trunk { name: string; kind: string; up: boolean; calls: number | null; registered: boolean | null; gateways: { uri: string; up: boolean }[] }
export interface Snapshot {
  calls_now: number; calls_per_s: number; verdicts: Record<string, number>
  decided_ms: { p50: number | null; p95: number | null }
  trunks: Trunk[]; heard: number | null; listeners_max: number | null; nodes: string[]
}
export interface LiveEvent { seq: number; at_ms: number; kind: string; data: unknown }

export interface Prompt {
  id: string; name: string; operator: string; category: string; class: string; language: string; words: string
  length_ms: number; source: string; since: number; until: number | null; layer: string; created_ms: number; created_by: string
  matches_7d?: number | null; last_match_ms?: number | null
}
export interface Library {
  number: number; state: string; note: string; prompts: number; created_ms: number; published_ms: number | null; published_by: string | null
  /** Of a draft: names of prompts that are new in it, and gone from it. */
  added?: string[]; removed?: string[]
}
/** A recording heard with what is in force and with the draft. */
export interface Trial { length_ms: number; published: { verdict: Heard | null; matches: Match[] }; draft: { verdict: Heard | null; matches: Match[] } }

export interface Webhook { id: string; name: string; url: string; events: string[]; active: boolean; failures: number; created_ms: number; version: number }
export interface Delivery {
  id: string; webhook_id: string; event_id: string; kind: string; state: string; attempts: number; next_ms: number | null
  status: number | null; error: string | null; took_ms: number | null; created_ms: number; ended_ms: number | null
}
export interface AuditEntry { id: string; at_ms: number; actor: string; actor_name: string; address: string; action: string; object: string; change: unknown; request: string }
export interface Job {
  id: string; kind: string; state: string; progress: number; parameters: unknown; result: unknown; file: boolean; error: string | null
  created_by: string; created_ms: number; ended_ms: number | null
}
export interface View { id: string; name: string; query: string; shared: boolean; own: boolean }
export interface FunnelRow { key: string; calls: number; answered: number; refused: number; people: number; machines: number; announcements: number; tones: number; others: number; unknown: number; decided_ms: number | null; talk_ms: number }
export interface Cell { verdict: string; truth: string; calls: number }
export interface Rightness { labelled: number; cells: Cell[]; people_kept: number | null; machines_caught: number | null }
export interface Rule { what: string; class: string; days: number }
export interface About { version: string; node: string; database: string; began_ms: number; now_ms: number }
export interface Page<T> { items: T[]; next: string | null }
