import type { CallDetail } from '@/api/types'
import { stepsOf, wordOf } from './ladder'

/** The call's steps as text, a line each, as tools for packets print them. */
export function traceOf(call: CallDetail): string {
  const lines = stepsOf(call).map((step) => {
    const peer = step.leg === 'caller' ? call.dialer : (call.carrier ?? 'carrier')
    const at = new Date(call.began_ms + step.t_ms).toISOString()
    return `${at} ${step.came ? `<- ${peer}` : `-> ${peer}`}  ${wordOf(step)}\n`
  })
  return lines.join('')
}
