// A call's steps as arrows between three lines: dialer, SmartCPD, carrier; and as the words of SIP.

import type { CallDetail, Step } from '@/api/types'

export interface Arrow {
  t_ms: number
  /** Which of the two gaps between the three lines: 0 towards the dialer, 1 towards the carrier. */
  gap: 0 | 1
  down: boolean
  words: string
  kind: 'request' | 'early' | 'good' | 'bad'
}

/** A call's steps, led by the dialer's own INVITE, with which the record's time begins. */
export function stepsOf(call: CallDetail): Step[] {
  const steps = call.detail.steps ?? []
  if (steps.length === 0 || steps.some((step) => step.leg === 'caller' && step.word === 'dial')) return steps
  return [{ t_ms: 0, leg: 'caller', came: true, word: 'dial' }, ...steps]
}

export function arrowOf(step: Step): Arrow {
  const dialer = step.leg === 'caller'
  return {
    t_ms: step.t_ms,
    gap: dialer ? 0 : 1,
    // From the dialer and to the carrier is downwards: the way of a call.
    down: dialer ? step.came : !step.came,
    words: wordOf(step),
    kind: kindOf(step),
  }
}

/** The method or the status that a step is in SIP. */
export function wordOf(step: Step): string {
  switch (step.word) {
    case 'dial':
      return 'INVITE'
    case 'progress':
      return step.media ? '183' : '180'
    case 'answer':
      return '200'
    case 'refuse':
      return String(step.status ?? '4xx')
    case 'cancel':
      return 'CANCEL'
    case 'hangup':
      return 'BYE'
    case 'ask':
      return 'OPTIONS'
    default:
      // A word of a later release, in whose middle the console is.
      return step.word
  }
}

function kindOf(step: Step): Arrow['kind'] {
  if (step.word === 'progress') return 'early'
  if (step.word === 'answer') return 'good'
  return step.word === 'refuse' ? 'bad' : 'request'
}
