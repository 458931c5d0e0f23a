// Classes of verdicts: which group they belong to, how they look. Never by colour alone: each group has an icon, each
// class its words (`class.*` in i18n).

import {
  mdiAccountVoice, mdiBullhornOutline, mdiHelpCircleOutline, mdiPhoneRingOutline, mdiPulse, mdiRobotOutline, mdiVolumeOff,
} from '@mdi/js'
import type { Class } from '@/api/types'

export type Group = 'person' | 'machine' | 'announcement' | 'tone' | 'progress' | 'silence' | 'unknown'

/** All classes, in the order in which people read them: docs/classes.md. */
export const CLASSES = [
  'answer.human', 'answer.human_business',
  'answer.machine', 'answer.assistant', 'answer.screening', 'answer.ivr', 'answer.fax', 'answer.modem',
  'answer.silence', 'answer.false',
  'announcement.busy', 'announcement.no_answer', 'announcement.unreachable', 'announcement.invalid_number',
  'announcement.number_changed', 'announcement.blocked', 'announcement.barred', 'announcement.rejected',
  'announcement.spam_blocked', 'announcement.network',
  'tone.busy', 'tone.congestion',
  'tone.sit.vacant', 'tone.sit.intercept', 'tone.sit.no_circuit', 'tone.sit.reorder', 'tone.sit.unknown',
  'progress.ringback', 'progress.hold_notice',
  'unknown',
  // Without a verdict: what `class=none` asks the API for.
  'none',
] as const satisfies readonly (Class | 'none')[]

export const GROUPS: Group[] = ['person', 'machine', 'announcement', 'tone', 'progress', 'silence', 'unknown']

export function groupOf(name: string): Group {
  if (name === 'answer.human' || name === 'answer.human_business') return 'person'
  if (name === 'answer.silence' || name === 'answer.false') return 'silence'
  if (name.startsWith('answer.')) return 'machine'
  if (name.startsWith('announcement.')) return 'announcement'
  if (name.startsWith('tone.')) return 'tone'
  if (name.startsWith('progress.')) return 'progress'
  return 'unknown'
}

export const GROUP_ICONS: Record<Group, string> = {
  person: mdiAccountVoice,
  machine: mdiRobotOutline,
  announcement: mdiBullhornOutline,
  tone: mdiPulse,
  progress: mdiPhoneRingOutline,
  silence: mdiVolumeOff,
  unknown: mdiHelpCircleOutline,
}

/** The key of a class's words; a class of a newer server is shown by its own name. */
export function classKey(name: string): string | undefined {
  return (CLASSES as readonly string[]).includes(name) ? `class.${name.replaceAll('.', '_')}` : undefined
}

/** Calls of each group, groups without calls left out. */
export function mix(verdicts: Record<string, number>): { group: Group; calls: number }[] {
  const sums = new Map<Group, number>()
  for (const [name, calls] of Object.entries(verdicts)) {
    sums.set(groupOf(name), (sums.get(groupOf(name)) ?? 0) + calls)
  }
  return GROUPS.filter((group) => sums.get(group)).map((group) => ({ group, calls: sums.get(group) ?? 0 }))
}
