// Answers that the pages are tested with: what a server with some calls would say, one without any, and one in trouble.

import { deflateSync } from 'node:zlib'
import type { paths } from '../../src/api/schema'
import type { Call, CallDetail, Class, Config, ConfigKind, Hearing, Me, Permission, Prompt, RequestMessage, Schemas, SupportRequest, Webhook } from '../../src/api/types'

export const NOW = Date.UTC(2026, 10, 24, 12, 0, 0)
const DAY = 86_400_000

/** Answers without parameters in their addresses, as the API's schema has them: the compiler holds what stands here against it. */
type Answers = {
  [Path in keyof paths as paths[Path] extends { get: { responses: { 200: { content: { 'application/json': unknown } } } } } ? Path : never]?: paths[Path] extends {
    get: { responses: { 200: { content: { 'application/json': infer Body } } } }
  }
    ? Body
    : never
}

export const PERMISSIONS: Permission[] = [
  'calls.read', 'numbers.read', 'audio.read', 'calls.label', 'calls.export', 'config.read', 'config.write', 'prompts.read', 'prompts.write', 'users.read', 'users.write', 'retention.write',
  'keys.write', 'webhooks.write', 'audit.read', 'tenants.write', 'service.read', 'requests.read', 'requests.write', 'desk.work',
]
export const ME: Me = {
  id: 'u1', email: 'anna@vektor.example', name: 'Анна Лебедева', role: 'admin', language: 'ru', totp: false, password: true,
  tenant: { id: 't1', slug: 'vektor', name: 'Вектор' }, permissions: PERMISSIONS, of_service: false, version: 1,
}

const CLASSES: Class[] = ['announcement.unreachable', 'answer.human', 'answer.machine', 'announcement.busy', 'tone.busy', 'answer.human', 'answer.assistant', 'unknown', 'answer.human_business', 'announcement.no_answer']
const OPERATORS = ['Альфа', 'Бета', 'Гамма', null]

export function call(at: number): Call {
  const name = CLASSES[at % CLASSES.length]!
  const answered = name.startsWith('answer.') ? 4200 + (at % 7) * 610 : null
  return {
    id: `c${at}`, name: `${1_000 + at}`, began_ms: NOW - at * 37_000, node: 'node-1', dialer: at % 3 ? 'vici' : 'autocall', carrier: at % 4 ? 'main' : 'spare',
    caller: '+74950000001', callee: `+7916${String(1_234_567 + at * 7919).slice(0, 7)}`, campaign: at % 2 ? 'Осень' : 'Долги', reference: `ref-${at}`,
    class: name === 'unknown' ? null : name, phase: answered ? 'answered' : 'early', confidence: name === 'unknown' ? null : 0.71 + ((at * 7) % 29) / 100,
    prompt: name.startsWith('announcement') ? 'p1' : null, operator: OPERATORS[at % 4] ?? null, status: answered ? 200 : 480, ended_by: answered ? 'caller' : 'service',
    q850: answered ? 16 : 20, decided_ms: 900 + ((at * 131) % 2500), answered_ms: answered, connected_ms: answered, held_ms: at % 5 ? 0 : 640,
    length_ms: answered ? 9_400 + at * 100 : 6_100, deaf: null, recorded: at % 2 === 0,
    labels: at % 6 === 2 ? [{ source: 'person', right: at % 12 === 2, truth: null, code: null, note: '', by: 'Олег Крылов', at_ms: NOW }] : [],
  }
}

/** A call whose announcement was recognised after three bursts of ringing. */
export const CALL: CallDetail = {
  ...call(0),
  detail: {
    tellings: [
      { seq: 1, phase: 'pre', t_ms: 1060, last: false, class: 'progress.ringback', confidence: 0.98, evidence: 'tone' },
      { seq: 2, phase: 'pre', t_ms: 6890, last: true, class: 'announcement.unreachable', confidence: 0.97, evidence: 'prompt', prompt: 'p1', prompt_at_ms: 40 },
    ],
    early_ms: 420, hold_expired: false, media: null, faults: [], cause: 'subscriber absent', info: null, settings: 4, recording: { ms: 8000, answered_ms: null, cut: false },
    steps: [
      { t_ms: 0, leg: 'caller', came: true, word: 'dial' }, { t_ms: 5, leg: 'callee', came: false, word: 'dial', target: 0 },
      { t_ms: 420, leg: 'callee', came: true, word: 'progress', media: true }, { t_ms: 422, leg: 'caller', came: false, word: 'progress', media: true },
      { t_ms: 7320, leg: 'caller', came: false, word: 'refuse', status: 480 }, { t_ms: 7322, leg: 'callee', came: false, word: 'cancel', q850: 31 },
      { t_ms: 7363, leg: 'callee', came: true, word: 'refuse', status: 487 },
    ],
  },
  library: 3,
  own_library: 7,
}

const HEARD_MS = 8000
function loudness(ms: number): number {
  if (ms < 480) return 0.002
  if (ms < 1480) return 0.3
  if (ms < 5480) return 0.003
  return ms < 7700 ? 0.12 + 0.3 * Math.abs(Math.sin(ms / 140)) * Math.abs(Math.sin(ms / 53)) : 0.003
}
export const HEARING: Hearing = {
  rate: 8000, length_ms: HEARD_MS, cut: false, answered_ms: null, heard_with: { common: 3, own: 7, file: false, prompts: 220, profile_of: 'autocall' },
  verdict: { class: 'announcement.unreachable', confidence: 0.97, decided_ms: 7310, evidence: 'prompt', ground: 'prompt "Аппарат выключен, женский", 41 bits', prompt: 'Аппарат выключен, женский', runner_up: { class: 'announcement.no_answer', probability: 0.02 } },
  peaks: Array.from({ length: HEARD_MS / 10 }, (_, at) => [Math.round(-32_767 * loudness(at * 10)), Math.round(29_490 * loudness(at * 10))]),
  spectrogram: { png: picture(), columns: 400, f_max: 4000 },
  events: [
    { t_ms: 480, end_ms: 1480, what: 'progress', words: 'ringback 425 Hz', confidence: 0.98, prompt: null },
    { t_ms: 5500, end_ms: 7700, what: 'speech', words: 'speech', confidence: null, prompt: null },
    { t_ms: 5500, end_ms: 7300, what: 'prompt', words: 'prompt', confidence: 0.97, prompt: 'Аппарат выключен, женский' },
  ],
  probability: Array.from({ length: 80 }, (_, at) => ({ t_ms: at * 100, machine: at < 55 ? 0.5 : Math.min(0.97, 0.5 + (at - 55) * 0.03) })),
  matches: [{ prompt: 'Аппарат выключен, женский', prompt_id: 'p1', operator: 'Альфа', class: 'announcement.unreachable', state: 'match', from_ms: 5500, to_ms: 7300, known_ms: 7010, offset_ms: 1500, score: 41 }],
}

/** A small spectrogram: a tone, then something like speech. */
function picture(): string {
  const width = 400
  const height = 64
  const rows = Buffer.alloc((width + 1) * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const ms = (x / width) * HEARD_MS
      const tone = Math.abs(y - 57) < 2 && ms > 480 && ms < 1480 ? 230 : 0
      const voice = ms > 5480 && ms < 7700 ? 150 * Math.abs(Math.sin(y / 3 + ms / 200)) * (y / height) : 0
      rows[y * (width + 1) + 1 + x] = Math.max(18, tone, voice)
    }
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name), data])
    const out = Buffer.alloc(body.length + 8)
    out.writeUInt32BE(data.length, 0)
    body.copy(out, 4)
    out.writeUInt32BE(crc(body), body.length + 4)
    return out
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head[8] = 8
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]).toString('base64')
}
function crc(data: Buffer): number {
  let value = ~0
  for (const byte of data) {
    value ^= byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  }
  return ~value >>> 0
}

const prompt = (id: string, name: string, operator: string, category: string, class_: Class, words: string, matches_7d: number, last_match_ms: number, layer: Prompt['layer']): Prompt => ({
  id, name, operator, category, class: class_, language: 'ru', words, length_ms: 3400, source: 'file off.wav', since: 7, until: null, created_ms: NOW - 9 * DAY, created_by: 'Анна Лебедева', layer, matches_7d, last_match_ms,
})
const PROMPTS = [
  prompt('p1', 'Аппарат выключен, женский', 'Альфа', 'switched_off', 'announcement.unreachable', 'Аппарат абонента выключен или находится вне зоны действия сети.', 214, NOW - 60_000, 'own'),
  prompt('p2', 'Номер занят', 'Бета', 'busy', 'announcement.busy', 'Абонент разговаривает. Пожалуйста, перезвоните позднее.', 38, NOW - 3_600_000, 'own'),
  prompt('p3', 'Голосовая почта, 2024', 'Гамма', 'voicemail_intro', 'answer.machine', 'Здравствуйте! Вас приветствует голосовая почта.', 0, NOW - 21 * DAY, 'common'),
  prompt('p4', 'Неверный номер', 'Альфа', 'invalid_number', 'announcement.invalid_number', 'Неправильно набран номер.', 12, NOW - 7_200_000, 'common'),
]

const config = (name: string, body: Config['body'], secrets: string[] = []): Config => ({ id: `o-${name}`, name, version: 3, body, secrets, changed_ms: NOW - 2 * DAY, changed_by: 'Анна Лебедева' })
const CONFIG: Record<ConfigKind, Config[]> = {
  dialers: [
    config('vici', { addresses: ['10.0.1.0/24'], carriers: ['main', 'spare'], policy: 'outbound', dialects: ['netborder'], record: { max: '30s', classes: ['answer.machine', 'announcement.*'] } }),
    config('autocall', { addresses: ['10.0.2.7/32'], user: 'auto', carriers: ['main'] }, ['password']),
  ],
  carriers: [
    config('main', { gateways: [{ uri: 'sip:gw1.carrier.example', priority: 1, weight: 10 }, { uri: 'sip:10.20.0.9:5060;transport=tcp', priority: 2, weight: 1 }], register: '1h', user: 'trunk-7' }, ['password']),
    config('spare', { gateways: ['sip:spare.example'] }),
  ],
  policies: [
    config('outbound', { hold: '1800ms', early: { 'announcement.*': 'reject', 'announcement.network': 'pass', 'tone.busy': 'reject' }, answered: { 'answer.machine': 'cut' }, status: { 'announcement.unreachable': 480 } }),
    config('default', {}),
  ],
  profiles: [config('careful', { operating_point: 'keep_people', countries: ['ru', 'kz'] }), config('default', {})],
  'tone-plans': [config('office', { name: 'АТС офиса', source: 'измерено', busy: [{ hz: [610], ms: 700 }, { ms: 400 }], ringback: [{ hz: [400, 450], ms: 400 }, { ms: 200 }, { hz: [400, 450], ms: 400 }, { ms: 2000 }] })],
}

const FUNNEL = Array.from({ length: 7 }, (_, at) => ({
  key: String(NOW - (6 - at) * DAY), calls: 4200 + at * 310, answered: 1900 + at * 80, refused: 800 + at * 12, people: 1100 + at * 60, machines: 640 + at * 20, announcements: 1400 + at * 90,
  tones: 520 + at * 40, others: 90, unknown: 540 + at * 100, decided_ms: 1480 - at * 20, talk_ms: 90_000_000,
}))

const WEBHOOK: Webhook = { id: 'w1', name: 'CRM', url: 'https://crm.vektor.example/hooks/cpd', events: ['call.ended'], active: true, version: 1, failures: 0, created_ms: NOW }
const DELIVERIES: Schemas['Paged_Delivery'] = { items: [
  { id: 'd1', webhook_id: 'w1', event_id: 'e1', kind: 'call.ended', created_ms: NOW - 5000, attempts: 1, status: 200, state: 'delivered', error: null, next_ms: null, took_ms: 40, ended_ms: NOW },
  { id: 'd2', webhook_id: 'w1', event_id: 'e2', kind: 'call.ended', created_ms: NOW - 65_000, attempts: 3, status: 502, state: 'waiting', error: 'Bad Gateway', next_ms: NOW + 240_000, took_ms: 900, ended_ms: null },
], next: null }
const PEAKS: Schemas['Peaks'] = { length_ms: 3400, peaks: Array.from({ length: 340 }, (_, at) => [Math.round(-32_767 * loudness(5500 + at * 6)), Math.round(32_767 * loudness(5500 + at * 6))]) }

const REQUEST: Schemas['RequestSummary'] = {
  id: 'r1', number: '1000427', topic: 'Человек принят за автоответчик', kind: 'incident', priority: 'high', state: 'in_progress', door: 'portal', component: 'hearing', suggestion: false, contract: true, customer: 't1', customer_name: 'Вектор',
  author: 'p1', author_name: 'Анна Лебедева', assignee: 'u2', assignee_name: 'Олег Крылов', unanswered: true, due_ms: NOW + 1_500_000, mass: null, created_ms: NOW - 7_200_000, changed_ms: NOW - 600_000,
}
const REQUESTS: Schemas['RequestSummary'][] = [
  REQUEST,
  { ...REQUEST, id: 'r2', number: '1000435', topic: 'Не открывается страница вызовов', kind: 'mass_incident', priority: 'critical', state: 'registered', component: 'console', assignee: null, assignee_name: null, due_ms: NOW - 900_000, mass: 'm1', door: 'telephone' },
  { ...REQUEST, id: 'r3', number: '1000443', topic: 'Как выгрузить вызовы за квартал', kind: 'consultation', priority: 'normal', state: 'solution_provided', customer: 't2', customer_name: 'Горизонт', contract: false, unanswered: false, due_ms: null },
  { ...REQUEST, id: 'r4', number: '1000450', topic: 'Свой столбец в списке', kind: 'development', priority: 'low', state: 'waiting', unanswered: false, due_ms: NOW + 259_200_000, door: 'email' },
]
/** A request at work, as the desk sees it. */
export const SUPPORT: SupportRequest = {
  ...REQUEST, chosen: [], follows: null, survivor: null, merged: [], perhaps: 'r3', call: 'c0', closes_ms: null, leads_to: ['clarification_requested', 'waiting', 'solution_provided', 'merged'],
  evidence: { call: '1000', began_ms: NOW - 8_000_000, class: 'answer.machine', phase: 'answered', confidence: 0.83, status: 200, decided_ms: 2140, length_ms: 9400, versions: { software: '0.4.0', library: 3, own_library: 7 } },
  clocks: {
    first: { state: 'met', due_ms: null, warn_ms: null, work_ms: 1_320_000 }, next: { state: 'running', due_ms: NOW + 1_500_000, warn_ms: NOW - 60_000, work_ms: null }, solution: { state: 'running', due_ms: NOW + 18_000_000, warn_ms: NOW + 9_000_000, work_ms: null },
  },
}
const shot = { id: 'f1', name: 'Снимок.png', kind: 'image/png', size: 48_213, width: 400, height: 64 }
const said = { door: 'portal', quoted: '', automated: false, unverified: false, files: [], internal: false }
const SAID: RequestMessage[] = [
  { ...said, id: 'x1', at_ms: NOW - 7_200_000, from: 'customer', name: 'Анна Лебедева', text: 'Звонок в 12:03: ответил человек, а вердикт — автоответчик.\nСнимок и журнал прилагаю.', files: [shot, { id: 'f2', name: 'calls.log', kind: 'text/plain', size: 18_400, width: null, height: null }] },
  { ...said, id: 'x2', at_ms: NOW - 6_000_000, from: 'staff', name: 'Олег Крылов', text: 'Спасибо, смотрим запись. Так было с одним абонентом или с несколькими?' },
  { ...said, id: 'x3', at_ms: NOW - 5_400_000, from: 'staff', name: 'Олег Крылов', internal: true, text: 'Похоже на случай прошлой недели: приветствие длиннее 3 с.' },
  { ...said, id: 'x4', at_ms: NOW - 600_000, from: 'customer', name: 'Анна Лебедева', door: 'email', text: 'С тремя, номера в журнале.', quoted: '> Так было с одним абонентом или с несколькими?' },
]
const HAPPENED: Schemas['List_RequestEvent'] = { items: [
  { at_ms: NOW - 7_200_000, who: 'customer', name: 'Анна Лебедева', what: { what: 'registered', door: 'portal', kind: 'incident', priority: 'normal', contract: true, follows: null } },
  { at_ms: NOW - 6_500_000, who: 'staff', name: 'Олег Крылов', what: { what: 'assigned', to: 'u2' } },
  { at_ms: NOW - 6_500_000, who: 'staff', name: 'Олег Крылов', what: { what: 'moved', from: 'registered', to: 'in_progress', why: { why: 'taken' } } },
  { at_ms: NOW - 6_400_000, who: 'staff', name: 'Олег Крылов', what: { what: 'hurried', priority: 'high' } },
  { at_ms: NOW - 600_000, who: 'customer', name: 'Анна Лебедева', what: { what: 'message', message: 'x4', side: 'public', automated: false } },
] }
const SENT: Schemas['List_RequestDelivery'] = { items: [
  { id: 'o1', kind: 'receipt', door: 'email', address: 'anna@vektor.example', state: 'sent', attempts: 1, next_ms: NOW, error: null, created_ms: NOW - 7_200_000, ended_ms: NOW - 7_199_000 },
  { id: 'o2', kind: 'message', door: 'email', address: 'anna@vektor.example', state: 'failed', attempts: 5, next_ms: NOW, error: '550 mailbox unavailable', created_ms: NOW - 6_000_000, ended_ms: NOW - 5_000_000 },
] }
const DAY_OF_WORK = [['09:00', '18:00']]
const CONTRACTS: Schemas['List_DeskContract'] = { items: [{
  id: 'k1', customer: 't1', number: '12/26', from_ms: NOW - 90 * DAY, until_ms: null, in_force: true, version: 1,
  terms: { calendar: { zone: 'Europe/Moscow', week: [DAY_OF_WORK, DAY_OF_WORK, DAY_OF_WORK, DAY_OF_WORK, DAY_OF_WORK, [], []] }, promises: [{ kind: 'incident', first_min: 60, solution_min: 480 }, { first_min: 240, solution_min: null }], close_days: 5, sees: 'administrators' },
}] }

const LISTS: Answers = {
  '/requests': { items: REQUESTS, next: null },
  '/mass-incidents': { items: [
    { id: 'm1', topic: 'Страница вызовов не открывается', component: 'console', text: 'После обновления 0.4.0, чиним.', state: 'open', solution: '', by: 'Олег Крылов', requests: 3, created_ms: NOW - 1_800_000, ended_ms: null },
    { id: 'm2', topic: 'Письма уходили с задержкой', component: 'mail', text: 'Очередь ретранслятора.', state: 'solved', solution: 'Ретранслятор заменён, очередь пуста.', by: 'Олег Крылов', requests: 5, created_ms: NOW - 9 * DAY, ended_ms: NOW - 8 * DAY },
  ] },
  '/mass-incidents/suggestions': { items: [{ component: 'hearing', requests: ['r1', 'r5'] }] },
  '/desk/texts': { items: [
    { id: 'd1', kind: 'article', language: 'ru', title: 'Как выгрузить вызовы', text: 'Откройте «Вызовы», задайте период и нажмите «Выгрузить». Файл появится в задачах.', published: true, changed_ms: NOW - 3 * DAY, version: 1 },
    { id: 'd2', kind: 'article', language: 'en', title: 'How to add a carrier', text: 'Open Trunks, choose “Add a carrier” and name its servers.', published: true, changed_ms: NOW - 5 * DAY, version: 2 },
  ] },
  '/setup': { needed: false },
  '/tone-plans': { items: [
    { code: 'ru', body: { name: 'Russia', source: 'GOST 45.223', ringback: [{ hz: [425], ms: 1000 }, { ms: 4000 }], busy: [{ hz: [425], ms: 350 }, { ms: 350 }], congestion: [{ hz: [425], ms: 175 }, { ms: 175 }] } },
    { code: 'kz', body: { name: 'Kazakhstan', source: 'ITU-T E.180', busy: [{ hz: [425], ms: 350 }, { ms: 350 }] } },
  ] },
  '/me': ME,
  '/me/sessions': { items: [
    { id: 's1', created_ms: NOW - DAY, seen_ms: NOW - 1000, address: '10.0.0.8', agent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140', this: true },
    { id: 's2', created_ms: NOW - 5 * DAY, seen_ms: NOW - 2 * DAY, address: '10.0.0.9', agent: 'Mozilla/5.0 (iPhone) Safari/605', this: false },
  ] },
  '/tenants': { items: [{ id: 't1', slug: 'vektor', name: 'Вектор', active: true, created_ms: NOW - 90 * DAY, version: 1 }, { id: 't2', slug: 'gorizont', name: 'Горизонт', active: false, created_ms: NOW - 9 * DAY, version: 2 }] },
  '/users': { items: [
    { id: 'u1', email: 'anna@vektor.example', name: 'Анна Лебедева', role: 'admin', language: 'ru', disabled: false, locked_until_ms: null, created_ms: NOW - 90 * DAY, totp: true, organisation: true, seen_ms: NOW - 60_000, version: 2 },
    { id: 'u2', email: 'oleg@vektor.example', name: 'Олег Крылов', role: 'analyst', language: 'ru', disabled: true, locked_until_ms: null, created_ms: NOW - 9 * DAY, totp: false, organisation: false, seen_ms: null, version: 1 },
  ] },
  '/identity-provider': {
    issuer: 'https://id.vektor.example/realms/main', client_id: 'smartcpd', domains: [{ name: 'vektor.example', confirmed: true }, { name: 'vektor.ru', confirmed: false }], role: 'analyst', passwords: true, second_factor: true,
    found: { authorization_endpoint: 'https://id.vektor.example/realms/main/auth', algorithms: ['RS256', 'ES256'], callback: '/api/v1/session/organisation/callback' }, checked_ms: NOW - DAY, created_ms: NOW - 9 * DAY, version: 3,
  },
  '/keys': { items: [{ id: 'k1', name: 'Диалер', prefix: 'scpd_7Yq2', scopes: ['calls.read', 'calls.label'], created_ms: NOW - 30 * DAY, expires_ms: NOW + 300 * DAY, seen_ms: NOW - 4000, revoked_ms: null }] },
  '/calls': { items: Array.from({ length: 100 }, (_, at) => call(at)), next: null },
  '/views': { items: [{ id: 'v1', name: 'Сомнительные', query: 'below=0.7', shared: false, own: true }] },
  '/prompts': { items: PROMPTS },
  '/libraries': { common: 3, items: [
    { number: 8, state: 'draft', note: '', created_ms: NOW, published_ms: null, published_by: null, prompts: 4, added: ['a', 'b'], removed: ['c'] },
    { number: 7, state: 'published', note: 'Новые записи Беты', created_ms: NOW - 4 * DAY, published_ms: NOW - 3 * DAY, published_by: 'Анна Лебедева', prompts: 214 },
    { number: 6, state: 'retired', note: '', created_ms: NOW - 41 * DAY, published_ms: NOW - 40 * DAY, published_by: 'Олег Крылов', prompts: 209 },
  ] },
  '/live/snapshot': {
    calls_now: 412, calls_per_s: 18.4, verdicts: { 'answer.human': 1460, 'answer.machine': 720, 'announcement.unreachable': 1310, 'announcement.busy': 240, 'tone.busy': 390, 'progress.ringback': 120, unknown: 310 },
    decided_ms: { p50: 1240, p95: 3980 }, at_ms: NOW, seq: 0, trunks: [
      { name: 'vici', kind: 'dialer', up: true, calls: 300, registered: null, gateways: [] }, { name: 'autocall', kind: 'dialer', up: true, calls: 112, registered: null, gateways: [] },
      { name: 'main', kind: 'carrier', up: true, calls: null, registered: true, gateways: [{ uri: 'sip:gw1.carrier.example', up: true }] }, { name: 'spare', kind: 'carrier', up: false, calls: null, registered: false, gateways: [] },
    ],
    heard: 398, listeners_max: 2000, nodes: ['node-1', 'node-2'],
  },
  '/statistics': { items: FUNNEL },
  '/statistics/labels': { labelled: 470, people_kept: 0.992, machines_caught: 0.953, cells: [
    { truth: 'answer.machine', verdict: 'answer.machine', calls: 182 }, { truth: 'answer.machine', verdict: 'answer.human', calls: 9 }, { truth: 'answer.human', verdict: 'answer.human', calls: 246 },
    { truth: 'answer.human', verdict: 'answer.machine', calls: 2 }, { truth: 'announcement.busy', verdict: 'announcement.busy', calls: 31 },
  ] },
  '/webhooks': { items: [WEBHOOK, { id: 'w2', name: 'Старый', url: 'https://old.vektor.example/', events: ['call.ended', 'job.ended'], active: true, version: 4, failures: 3, created_ms: NOW }] },
  '/audit': { items: [
    { id: 'a1', at_ms: NOW - 60_000, actor: 'user:u1', actor_name: 'Анна Лебедева', action: 'policy.changed', object: 'outbound', address: '10.0.0.8', change: {}, request: 'r1' },
    { id: 'a2', at_ms: NOW - 120_000, actor: 'user:u1', actor_name: 'Анна Лебедева', action: 'login.done', object: 'session', address: '10.0.0.8', change: {}, request: 'r2' },
    { id: 'a3', at_ms: NOW - 500_000, actor: 'user:u2', actor_name: 'Олег Крылов', action: 'call.labelled', object: 'c12', address: '10.0.0.9', change: {}, request: 'r3' },
  ], next: null },
  '/jobs': { items: [
    { id: 'j1', kind: 'export', state: 'running', progress: 0.42, parameters: { format: 'xlsx', filter: {}, numbers: true }, result: null, file: false, error: null, created_ms: NOW - 8000, ended_ms: null, created_by: 'Анна Лебедева' },
    { id: 'j2', kind: 'replay', state: 'done', progress: 1, parameters: { days: 7, dialer: 'vici' }, file: false, error: null, created_ms: NOW - DAY, ended_ms: NOW - DAY + 90_000, created_by: 'Анна Лебедева', result: {
      node: 'node-1', calls: 1204, missing: 3, lost: { count: 1, calls: [{ call: 'c2', began_ms: NOW, truth: 'answer.human', before: 'answer.human', after: 'answer.machine', ends_at_ms: 2100 }] },
      saved: { count: 9, calls: [] }, caught: { count: 14, calls: [] }, let_through: { count: 2, calls: [] },
    } },
    { id: 'j3', kind: 'export', state: 'failed', progress: 0.5, parameters: { format: 'parquet', filter: {}, numbers: true }, result: null, file: false, error: 'no space left on device', created_ms: NOW - 2 * DAY, ended_ms: NOW - 2 * DAY, created_by: 'Олег Крылов' },
  ] },
  '/retention': { items: [{ what: 'calls', class: '', days: 365 }, { what: 'recordings', class: '', days: 30 }, { what: 'recordings', class: 'answer.machine', days: 90 }] },
  '/about': { version: '0.4.0', node: 'node-1', database: 'postgresql', began_ms: NOW - 93_784_000, now_ms: NOW },
}

/** What a server with calls says: by the path below /api/v1. */
export const READY: Record<string, unknown> = {
  ...LISTS,
  '/calls/c0': CALL,
  '/calls/c0/hearing': HEARING,
  '/prompts/p1': PROMPTS[0],
  '/prompts/p1/peaks': PEAKS,
  '/requests/r1': SUPPORT,
  '/requests/r1/messages': { items: SAID },
  '/requests/r1/history': HAPPENED,
  '/requests/r1/deliveries': SENT,
  '/desk/files/f1': Buffer.from(picture(), 'base64'),
  '/tenants/t1/contracts': CONTRACTS,
  '/webhooks/w1': WEBHOOK,
  '/webhooks/w1/deliveries': DELIVERIES,
}
function history(one: Config): Schemas['List_ConfigWas'] {
  return { items: [one, { ...one, version: 2, body: { ...one.body, hold: 'off' }, changed_ms: NOW - 9 * DAY }] }
}
for (const [kind, objects] of Object.entries(CONFIG)) {
  READY[`/config/${kind}`] = { items: objects }
  for (const one of objects) {
    READY[`/config/${kind}/${one.name}`] = one
    READY[`/config/${kind}/${one.name}/history`] = history(one)
  }
}

/** The same server on its first day: every list is empty. */
export const EMPTY: Record<string, unknown> = Object.fromEntries(
  Object.entries(READY).map(([path, body]) => [path, typeof body === 'object' && body !== null && 'items' in body ? { items: [], next: null } : body]),
)
const NOTHING: Answers = {
  '/statistics/labels': { labelled: 0, people_kept: null, machines_caught: null, cells: [] },
  '/live/snapshot': { at_ms: NOW, seq: 0, calls_now: 0, calls_per_s: 0, verdicts: {}, decided_ms: { p50: null, p95: null }, trunks: [], heard: 0, listeners_max: 2000, nodes: ['node-1'] },
}
Object.assign(EMPTY, NOTHING)
