import type { CallDetail } from '@/api/types'

/** The call's SIP as text, a message a paragraph, as packet tools print it. */
export function traceOf(call: CallDetail): string {
  const lines = (call.detail.messages ?? []).map((message) => {
    const peer = message.leg === 'dialer' ? (call.dialer ?? 'dialer') : (call.carrier ?? 'carrier')
    const at = new Date(call.began_ms + message.t_ms).toISOString()
    return `${at} ${message.out ? `-> ${peer}` : `<- ${peer}`}\n${message.text ?? message.start_line}\n`
  })
  return lines.join('\n')
}
