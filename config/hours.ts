/** Hours of the week as one line, `mon-fri 08:00-20:00`, and whether a local time lies within them. */

export interface Hours {
  /** 0 is Sunday. */
  readonly days: readonly number[]
  /** Minutes since midnight; `to` is not included. `to` before `from` ends on the next day. */
  readonly from: number
  readonly to: number
}

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const minutesPerDay = 1440
const millisPerMinute = 60_000

/** Null when the line is none: days (`daily`, `sat,sun`, `mon-fri`), a space, two times of the day. */
export function readHours(line: string): Hours | null {
  const match = /^(\S+)\s+(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(line.trim().toLowerCase())
  if (match === null) return null
  const [, dayText = '', ...times] = match
  const days = daysOf(dayText)
  const from = minutesOf(times[0], times[1])
  const to = minutesOf(times[2], times[3])
  if (days === null || from === null || to === null || from === minutesPerDay || from === to) return null
  return { days, from, to }
}

/** `local`: milliseconds of the wall clock, counted as if it stood in UTC. */
export function isWithin(hours: Hours, local: number): boolean {
  const minute = Math.floor(local / millisPerMinute)
  const day = Math.floor(minute / minutesPerDay)
  const ofDay = minute - day * minutesPerDay
  if (hours.from < hours.to) return isOn(hours, day) && ofDay >= hours.from && ofDay < hours.to
  return (isOn(hours, day) && ofDay >= hours.from) || (isOn(hours, day - 1) && ofDay < hours.to)
}

/** `day`: days since 1 January 1970, a Thursday. */
function isOn(hours: Hours, day: number): boolean {
  return hours.days.includes((((day + 4) % 7) + 7) % 7)
}

function daysOf(text: string): readonly number[] | null {
  if (text === 'daily') return [0, 1, 2, 3, 4, 5, 6]
  const days = text.split(',').map((part) => {
    const [first = '', last = first, ...more] = part.split('-')
    const from = weekdays.indexOf(first)
    const to = weekdays.indexOf(last)
    if (from < 0 || to < 0 || more.length > 0) return null
    return Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, i) => (from + i) % 7)
  })
  return days.includes(null) ? null : [...new Set(days.flatMap((part) => part ?? []))]
}

function minutesOf(hour = '', minute = ''): number | null {
  const total = Number(hour) * 60 + Number(minute)
  return Number(minute) < 60 && total <= minutesPerDay ? total : null
}
