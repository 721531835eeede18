/** Reads a cron line far enough to say whether it is one and at which hours it works. */

interface Field {
  readonly name: string
  readonly from: number
  readonly to: number
  readonly words: readonly string[]
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const fields: readonly Field[] = [
  { name: 'minutes', from: 0, to: 59, words: [] },
  { name: 'hours', from: 0, to: 23, words: [] },
  { name: 'days of the month', from: 1, to: 31, words: [] },
  { name: 'months', from: 1, to: 12, words: ['', ...months] },
  { name: 'days of the week', from: 0, to: 7, words: weekdays },
]

export type CronReading =
  | { readonly state: 'line'; readonly hours: readonly number[]; readonly everyHour: boolean }
  | { readonly state: 'wrong'; readonly why: string }

/** Five fields: minutes, hours, days of the month, months, days of the week; lists, ranges and steps. */
export function readCronLine(line: string): CronReading {
  const parts = line.trim().split(/\s+/)
  if (parts.length !== fields.length) return { state: 'wrong', why: `${parts.length} fields` }
  for (const [index, field] of fields.entries()) {
    if (valuesOf(parts[index] ?? '', field) === null) return { state: 'wrong', why: `wrong ${field.name}` }
  }
  if (!comesTrue(parts[2] ?? '', parts[3] ?? ''))
    return { state: 'wrong', why: 'a day that no such month has' }
  const hourText = parts[1] ?? ''
  const [, hourField] = fields
  const hours = hourField === undefined ? [] : (valuesOf(hourText, hourField) ?? [])
  return { state: 'line', hours, everyHour: hourText.startsWith('*') }
}

/**
 * Between 01:00 and 03:59 local, clocks are set: a time there can be missing or come twice, and the slot with
 * it. A line that works at every hour, or every few, loses nothing by that.
 */
export function worksWhenClocksAreSet(reading: CronReading): boolean {
  return (
    reading.state === 'line' && !reading.everyHour && reading.hours.some((hour) => hour >= 1 && hour <= 3)
  )
}

const longestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** False for 31 February and its like: node-cron throws there. */
function comesTrue(days: string, monthsText: string): boolean {
  const [, , dayField, monthField] = fields
  if (dayField === undefined || monthField === undefined) return true
  const first = Math.min(...(valuesOf(days, dayField) ?? []))
  return (valuesOf(monthsText, monthField) ?? []).some((month) => first <= (longestMonths[month - 1] ?? 0))
}

function valuesOf(text: string, field: Field): readonly number[] | null {
  const values: number[] = []
  for (const part of text.split(',')) {
    const match = /^(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d+))?$/i.exec(part)
    if (match === null) return null
    const [, first = '', last, step] = match
    if (step !== undefined && first !== '*' && last === undefined) return null // node-cron takes no `5/10`
    const from = first === '*' ? field.from : numberOf(first, field)
    const end = first === '*' ? field.to : numberOf(last ?? first, field)
    const by = step === undefined ? 1 : Number(step)
    if (from === null || end === null || end < from || by < 1 || (first === '*' && last !== undefined))
      return null
    for (let value = from; value <= end; value += by) values.push(value)
  }
  return values
}

function numberOf(text: string, field: Field): number | null {
  const value = /^\d{1,2}$/.test(text) ? Number(text) : field.words.indexOf(text.toLowerCase())
  return value >= field.from && value <= field.to ? value : null
}
