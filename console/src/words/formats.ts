// Times, numbers and lengths in the chosen language.

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export interface Formats {
  number: (value: number, digits?: number) => string
  percent: (share: number, digits?: number) => string
  date: (ms: number) => string
  time: (ms: number) => string
  /** With the year, where it is another one than now. */
  dateTime: (ms: number, now?: number) => string
  /** "5 minutes ago". */
  ago: (ms: number, now: number) => string
  /** A length in time, as short as it can be told: 350 ms, 4.2 s, 1:05, 2:01:09. */
  length: (ms: number) => string
  /** A place in a recording: 0:04.25. */
  clock: (ms: number) => string
  bytes: (count: number) => string
}

export function formatsOf(language: string): Formats {
  const locale = language === 'ru' ? 'ru-RU' : 'en-GB'
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const dates = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' })
  const times = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
  const moment = { day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const
  const both = new Intl.DateTimeFormat(locale, moment)
  const whole = new Intl.DateTimeFormat(locale, { ...moment, year: 'numeric' })
  const unit = (value: number, name: string, digits: number) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'narrow', maximumFractionDigits: digits }).format(value)

  return {
    number: (value, digits = 0) =>
      new Intl.NumberFormat(locale, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value),
    percent: (share, digits = 0) =>
      new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits }).format(share),
    date: (ms) => dates.format(ms),
    time: (ms) => times.format(ms),
    dateTime: (ms, now = Date.now()) => (new Date(ms).getFullYear() === new Date(now).getFullYear() ? both : whole).format(ms),
    ago(ms, now) {
      const past = ms - now
      const far = Math.abs(past)
      if (far < MINUTE) return relative.format(Math.round(past / 1000), 'second')
      if (far < HOUR) return relative.format(Math.round(past / MINUTE), 'minute')
      if (far < DAY) return relative.format(Math.round(past / HOUR), 'hour')
      return relative.format(Math.round(past / DAY), 'day')
    },
    length(ms) {
      if (ms < 1000) return unit(Math.round(ms), 'millisecond', 0)
      if (ms < MINUTE) return unit(ms / 1000, 'second', 1)
      return parts(ms)
    },
    clock(ms) {
      const hundredths = Math.floor((ms % 1000) / 10)
      return `${Math.floor(ms / MINUTE)}:${two(Math.floor((ms % MINUTE) / 1000))}.${two(hundredths)}`
    },
    bytes(count) {
      if (count < 1e6) return unit(count / 1e3, 'kilobyte', 0)
      return unit(count / 1e6, 'megabyte', 1)
    },
  }
}

function parts(ms: number): string {
  const seconds = Math.floor((ms % MINUTE) / 1000)
  const minutes = Math.floor((ms % HOUR) / MINUTE)
  const hours = Math.floor(ms / HOUR)
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
