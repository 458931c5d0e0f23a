// Which keys an object of the configuration has, as `smartcpd serve --print-config` tells them, and how each is asked for.

import type { ConfigKeys, ConfigKind } from '@/api/types'

export type Field<Key extends string = string> =
  | { key: Key; kind: 'text'; usual?: string }
  | { key: Key; kind: 'flag'; usual: boolean }
  | { key: Key; kind: 'number'; usual?: number; min: number; max: number; step?: number }
  /** Time with its unit: "350ms", "30s"; some can be "off". */
  | { key: Key; kind: 'time'; usual: string; off?: boolean }
  | { key: Key; kind: 'choice'; usual: string; options: readonly string[] }
  /** A list of words, free or of a few. */
  | { key: Key; kind: 'words'; options?: readonly string[] }
  /** The name of an object of another kind, or several in their order. */
  | { key: Key; kind: 'name'; of: ConfigKind; usual?: string }
  | { key: Key; kind: 'names'; of: ConfigKind }
  /** Tone plans, of countries and one's own. */
  | { key: Key; kind: 'plans' }
  /** Rows with a few cells each. */
  | { key: Key; kind: 'rows'; cells: readonly Cell[] }
  | { key: Key; kind: 'secret' }
  | { key: Key & 'record'; kind: 'record' }

export interface Cell {
  key: string
  kind: 'text' | 'number' | 'names'
  of?: ConfigKind
  usual?: number
  wide?: boolean
}

export interface Section<Key extends string = string> {
  /** Its words: `config.section.*`. */
  name: string
  fields: readonly Field<Key>[]
}

/** Sections of a kind: each field is a key that the API knows, or a secret. */
type Sections<Kind extends ConfigKind> = readonly Section<(keyof ConfigKeys[Kind] & string) | 'password'>[]

const RELIABLE = ['no', 'supported', 'required'] as const
const REWRITE: readonly Cell[] = [
  { key: 'prefix', kind: 'text' },
  { key: 'strip', kind: 'number', usual: 0 },
  { key: 'add', kind: 'text' },
]

const CARRIER: Sections<'carriers'> = [
  {
    name: 'way',
    fields: [
      {
        key: 'gateways',
        kind: 'rows',
        cells: [
          { key: 'uri', kind: 'text', wide: true },
          { key: 'priority', kind: 'number', usual: 1 },
          { key: 'weight', kind: 'number', usual: 1 },
        ],
      },
      { key: 'health', kind: 'time', usual: '30s', off: true },
    ],
  },
  {
    name: 'identity',
    fields: [
      { key: 'user', kind: 'text' },
      { key: 'password', kind: 'secret' },
      { key: 'register', kind: 'time', usual: 'off', off: true },
      { key: 'domain', kind: 'text' },
      { key: 'identity', kind: 'flag', usual: true },
    ],
  },
  {
    name: 'numbers',
    fields: [
      { key: 'rewrite_callee', kind: 'rows', cells: REWRITE },
      { key: 'rewrite_caller', kind: 'rows', cells: REWRITE },
    ],
  },
  {
    name: 'media',
    fields: [
      { key: 'nat', kind: 'flag', usual: false },
      { key: 'srtp', kind: 'flag', usual: false },
      { key: 'reliable', kind: 'choice', usual: 'supported', options: RELIABLE },
      { key: 'session', kind: 'time', usual: 'off', off: true },
    ],
  },
]

const DIALER: Sections<'dialers'> = [
  {
    name: 'identity',
    fields: [
      { key: 'addresses', kind: 'words' },
      { key: 'user', kind: 'text' },
      { key: 'password', kind: 'secret' },
      { key: 'calls_max', kind: 'number', usual: 100_000, min: 1, max: 100_000 },
    ],
  },
  {
    name: 'way',
    fields: [
      { key: 'carriers', kind: 'names', of: 'carriers' },
      { key: 'routes', kind: 'rows', cells: [{ key: 'prefix', kind: 'text' }, { key: 'carriers', kind: 'names', of: 'carriers', wide: true }] },
    ],
  },
  {
    name: 'hearing',
    fields: [
      { key: 'policy', kind: 'name', of: 'policies', usual: 'default' },
      { key: 'profile', kind: 'name', of: 'profiles', usual: 'default' },
      { key: 'profiles', kind: 'names', of: 'profiles' },
      { key: 'dialects', kind: 'words', options: ['netborder', 'netborder:v1', 'audiocodes', 'audiocodes:plain', 'cisco', 'reason', 'smartcpd'] },
      { key: 'record', kind: 'record' },
    ],
  },
  {
    name: 'numbers',
    fields: [
      { key: 'rewrite_callee', kind: 'rows', cells: REWRITE },
      { key: 'rewrite_caller', kind: 'rows', cells: REWRITE },
    ],
  },
  {
    name: 'media',
    fields: [
      { key: 'nat', kind: 'flag', usual: false },
      { key: 'reliable', kind: 'choice', usual: 'supported', options: RELIABLE },
      { key: 'refer', kind: 'flag', usual: false },
      { key: 'heard_first', kind: 'flag', usual: true },
    ],
  },
]

const POLICY: Sections<'policies'> = [
  {
    name: 'behaviour',
    fields: [
      { key: 'mode', kind: 'choice', usual: 'production', options: ['initial', 'data_collection', 'production'] },
      { key: 'hear_early', kind: 'flag', usual: true },
      { key: 'hear_answer', kind: 'flag', usual: true },
      { key: 'hold', kind: 'time', usual: 'off', off: true },
      { key: 'confidence_min', kind: 'number', usual: 0.6, min: 0, max: 1, step: 0.05 },
      { key: 'settle', kind: 'time', usual: '350ms' },
    ],
  },
  {
    name: 'limits',
    fields: [
      { key: 'answer_limit', kind: 'time', usual: '10s' },
      { key: 'beep_limit', kind: 'time', usual: '60s' },
      { key: 'ring_limit', kind: 'time', usual: '180s' },
      { key: 'talk_limit', kind: 'time', usual: '4h' },
    ],
  },
]

const PROFILE: Sections<'profiles'> = [
  {
    name: 'hearing',
    fields: [
      { key: 'operating_point', kind: 'choice', usual: 'balanced', options: ['balanced', 'keep_people', 'catch_machines'] },
      { key: 'machine_threshold', kind: 'number', min: 0, max: 1, step: 0.01 },
      { key: 'countries', kind: 'plans' },
    ],
  },
]

/** Its cadences are edited beside these, in TonePlanPage. */
const TONE_PLAN: readonly Section[] = [
  {
    name: 'tone_plan',
    fields: [
      { key: 'name', kind: 'text' },
      { key: 'source', kind: 'text' },
    ],
  },
]

export const SPECS: Record<ConfigKind, readonly Section[]> = {
  carriers: CARRIER,
  dialers: DIALER,
  policies: POLICY,
  profiles: PROFILE,
  'tone-plans': TONE_PLAN,
}

/** What a new object begins with: what has no default. */
export const BEGINNINGS: Readonly<ConfigKeys> = {
  carriers: { gateways: [{ uri: 'sip:', priority: 1, weight: 1 }] },
  dialers: { addresses: [], carriers: [] },
  policies: {},
  profiles: {},
  'tone-plans': { name: '', source: '', busy: [{ hz: [425], ms: 350 }, { ms: 350 }] },
}
