// What a prompt says, and so what a call that meets it is: docs/prompts.md.

export const CATEGORIES: Record<string, string> = {
  unavailable: 'announcement.unreachable',
  unreachable: 'announcement.unreachable',
  switched_off: 'announcement.unreachable',
  busy: 'announcement.busy',
  no_answer: 'announcement.no_answer',
  invalid_number: 'announcement.invalid_number',
  out_of_service: 'announcement.invalid_number',
  number_changed: 'announcement.number_changed',
  no_funds: 'announcement.blocked',
  blocked: 'announcement.blocked',
  barred: 'announcement.barred',
  rejected: 'announcement.rejected',
  spam_blocked: 'announcement.spam_blocked',
  network_congestion: 'announcement.network',
  call_forwarding: 'progress.hold_notice',
  voicemail_intro: 'answer.machine',
  assistant: 'answer.assistant',
}

/** The class of a category; one of the user's own lets calls through. */
export function classOf(category: string): string {
  return CATEGORIES[category] ?? 'unknown'
}
