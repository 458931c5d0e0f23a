import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CATEGORIES } from '@/features/prompts/categories'
import { SPECS } from '@/config/specs'
import { CLASSES, classKey, GROUPS } from '@/words/classes'
import en from './en'
import { russianPlural } from './index'
import ru from './ru'

type Tree = { [key: string]: string | Tree }

function keysOf(tree: Tree, above = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [above + key] : keysOf(value, `${above}${key}.`)))
}
const all = keysOf(en)

/** Families of keys that are put together from a class, a role, a field … */
const BUILT = [
  'nav.', 'role.', 'role_text.', 'permission.', 'problem.', 'period.', 'calls.col.', 'filter.', 'phase.', 'ended_by.', 'category.', 'trunks.', 'login.trouble.',
  'policies.action.', 'policies.hint.', 'policies.early', 'policies.answered', 'config.kind.', 'config.section.', 'config.cell.', 'config.field.', 'config.hint.',
  'config.option.', 'statistics.by.', 'statistics.part.', 'statistics.figure.', 'confusion.', 'jobs.state.', 'jobs.kind.', 'jobs.figure.', 'webhooks.kind.',
  'webhooks.delivery.', 'audit.words.', 'settings.kept.', 'evidence.', 'told.', 'heard.', 'step.', 'prompts.states.', 'prompts.trial_', 'group.', 'class.',
  'tone_plans.kind.', 'test_call.plays.', 'test_call.plays_text.', 'test_call.state.', 'test_call.fault.',
  'requests.open', 'requests.all', 'requests.state.', 'requests.kind.', 'requests.kind_text.', 'requests.priority.', 'requests.door.', 'requests.from.', 'requests.reason.', 'requests.near.', 'requests.clock.',
  'desk.mode.', 'desk.side.', 'desk.send.', 'desk.clock.', 'desk.delivery.', 'desk.delivery_state.', 'desk.who_sees.', 'desk.day.',
]

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(vue|ts)$/.test(path) && !path.endsWith('.test.ts') && !path.startsWith('i18n'))
  .map((path) => readFileSync(`src/${path}`, 'utf8'))
  .join('\n')

test('both languages have the same keys, and none is empty', () => {
  expect(keysOf(ru)).toEqual(all)
  for (const tree of [en, ru] as Tree[]) expect(JSON.stringify(tree).includes(':""')).toBe(false)
})

test('each key is used', () => {
  const unused = all.filter((key) => !BUILT.some((family) => key.startsWith(family)) && !sources.includes(`'${key}'`))
  expect(unused).toEqual([])
})

test('each key that is asked for is there', () => {
  // What follows `t(`, directly or as one of two: t('a.b'), t(x ? 'a.b' : 'c.d').
  const asked = [...sources.matchAll(/\bt\(([^`]*?)\)/g)].flatMap((call) => [...call[1]!.matchAll(/'([a-z0-9_]+(?:\.[a-z0-9_]+)+)'/g)].map((key) => key[1]!))
  const permissions = /^(calls|config|prompts|audio|users|keys|webhooks|audit|tenants)\.(read|write|label|export)$/
  expect(asked.length).toBeGreaterThan(300)
  expect([...new Set(asked)].filter((key) => !all.includes(key) && !permissions.test(key))).toEqual([])
})

test('classes, groups, categories and fields have words', () => {
  const wanted = [
    ...CLASSES.map((name) => classKey(name)!),
    ...GROUPS.map((name) => `group.${name}`),
    ...Object.keys(CATEGORIES).map((name) => `category.${name}`),
    ...Object.values(SPECS).flatMap((sections) => sections.flatMap((section) => [`config.section.${section.name}`, ...section.fields.map((field) => `config.field.${field.key}`)])),
  ]
  expect(wanted.filter((key) => !all.includes(key))).toEqual([])
})

test('a number takes its Russian form', () => {
  expect([1, 2, 5, 11, 21, 104, 0].map(russianPlural)).toEqual([0, 1, 2, 2, 0, 1, 2])
})
