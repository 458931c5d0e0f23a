import { expect, test } from 'vitest'
import { action, allowed, ending, inTable, ROWS, withAction, withStatus } from './matrix'

const body = { early: { 'announcement.*': 'reject', 'announcement.network': 'pass' }, answered: { 'answer.machine': 'cut' } }

test('the more exact entry has the last word', () => {
  expect(action(body, 'early', 'announcement.busy')).toEqual({ action: 'reject', own: false })
  expect(action(body, 'early', 'announcement.network')).toEqual({ action: 'pass', own: true })
  expect(action(body, 'early', 'tone.busy')).toEqual({ action: 'report', own: false })
  expect(action(body, 'answered', 'answer.human')).toEqual({ action: 'notify', own: false })
})

test('taking an entry away lets the group hold again; an empty table goes', () => {
  const without = withAction(body, 'early', 'announcement.network', null)
  expect(action(without, 'early', 'announcement.network')).toEqual({ action: 'reject', own: false })
  expect(withAction({ answered: { 'answer.machine': 'cut' } }, 'answered', 'answer.machine', null)).toEqual({})
  expect(withStatus({ status: { 'tone.busy': 486 } }, 'tone.busy', undefined)).toEqual({})
})

test('a person is never refused or hung up on', () => {
  expect(['report', 'notify', 'pass', 'reject', 'cut'].map((to) => allowed('answer.human_business', to))).toEqual([true, true, true, false, false])
  expect(ROWS.some(({ key }) => key.startsWith('progress.') || key === 'answer.silence')).toBe(false)
})

test('classes that calls are ended for are counted', () => {
  // Ten announcements without that of the network, and the machine.
  expect(ending(body)).toBe(10)
  expect(inTable('early', 'answer.machine')).toBe(false)
})
