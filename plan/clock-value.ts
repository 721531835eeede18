/**
 * Times as a site writes them. `decodeTime` reads one value, `encodeCutoff` writes the bound that selects
 * the same rows inside the database; the two never disagree on a well-formed value.
 */
import type { Instant } from '../base/clock.ts'
import { dayText, readDate } from './civil.ts'
import type { ClockColumn } from './compiled.ts'
import { dayOf, dayStart } from './day.ts'
import { lastInstantAt, lowestLocalFrom, millisPerDay, type Local } from './zone.ts'

type Written = Pick<ClockColumn, 'format' | 'zone'>

const furthest = 8.64e15
const spaced = /^(\d{4}-\d{2}-\d{2}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?$/
const fourteen = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/
const iso = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):?(\d{2}))$/
const decimal = /^(-?)(\d{1,15})(?:\.(\d{1,9}))?$/

/**
 * Whole milliseconds, what is finer is cut off. Null: unreadable or impossible (0000-00-00, 2023-02-31). A
 * naive time that occurs twice is the later instant, one that is missing the first instant after the gap; a
 * date is the start of its local day. Never decreases along the order in which the database sorts.
 */
export function decodeTime(raw: string, column: Written): Instant | null {
  switch (column.format) {
    case 'datetime':
      return inZone(localOf(spaced.exec(raw)), column.zone)
    case 'timestamp':
      return localOf(spaced.exec(raw))
    case '14 digits':
      return inZone(localOf(fourteenDigits(raw)), column.zone)
    case 'iso text':
      return isoTime(raw)
    case 'date': {
      const day = readDate(raw)
      return day === null ? null : dayStart(day, column.zone)
    }
    case 'epoch seconds':
      return epoch(raw, 1000)
    case 'epoch milliseconds':
      return epoch(raw, 1)
  }
}

/**
 * `raw < encodeCutoff(cutoff)` exactly when `decodeTime(raw) < cutoff`; compared as text for the formats that
 * are text or dates, as numbers for epochs. ISO text must be in the one offset of the column's zone, and
 * a bound with a fraction needs values with one: others of that very second wait for the next cutoff.
 * Throws a RangeError for a bound outside the years 1 to 9999.
 */
export function encodeCutoff(cutoff: Instant, column: Written): string {
  switch (column.format) {
    case 'datetime':
      return localText(lowestLocalFrom(cutoff, column.zone), ' ')
    case 'timestamp':
      return localText(cutoff, ' ')
    case '14 digits': {
      const local = lowestLocalFrom(cutoff, column.zone)
      return localText(Math.ceil(local / 1000) * 1000, ' ').replace(/\D/g, '')
    }
    case 'iso text':
      return localText(lowestLocalFrom(cutoff, column.zone), 'T')
    case 'date':
      return dayText(dayOf(cutoff - 1, column.zone) + 1)
    case 'epoch seconds': {
      const seconds = Math.floor(cutoff / 1000)
      const millis = cutoff - seconds * 1000
      // The text of a negative number with a fraction counts towards zero.
      if (seconds < 0 && millis > 0) return `-${String(-seconds - 1)}${fraction(1000 - millis)}`
      return `${String(seconds)}${fraction(millis)}`
    }
    case 'epoch milliseconds':
      return String(cutoff)
  }
}

function inZone(local: Local | null, zone: string): Instant | null {
  return local === null ? null : lastInstantAt(local, zone)
}

function fourteenDigits(raw: string): RegExpExecArray | null {
  return fourteen.test(raw) ? spaced.exec(raw.replace(fourteen, '$1-$2-$3 $4:$5:$6')) : null
}

/** Groups: date, hour, minute, second, fraction. */
function localOf(match: RegExpExecArray | null): Local | null {
  if (match === null) return null
  const day = readDate(match[1] ?? '')
  const [hour, minute, second] = [Number(match[2]), Number(match[3]), Number(match[4])]
  if (day === null || hour > 23 || minute > 59 || second > 59) return null
  return day * millisPerDay + ((hour * 60 + minute) * 60 + second) * 1000 + millisOf(match[5])
}

function isoTime(raw: string): Instant | null {
  const match = iso.exec(raw)
  const local = localOf(match)
  if (match === null || local === null) return null
  const [hours, minutes] = [Number(match[7] ?? 0), Number(match[8] ?? 0)]
  if (hours > 23 || minutes > 59) return null
  const offset = (hours * 60 + minutes) * 60_000
  return match[6] === '-' ? local + offset : local - offset
}

/** Read as text, because a fraction in binary would miss the millisecond. */
function epoch(raw: string, unit: 1 | 1000): Instant | null {
  const match = decimal.exec(raw)
  if (match === null) return null
  const finer = match[3] ?? ''
  const whole = Number(match[2]) * unit + (unit === 1000 ? millisOf(finer) : 0)
  const isCut = /[1-9]/.test(unit === 1000 ? finer.slice(3) : finer)
  const at = match[1] === '-' ? -whole - (isCut ? 1 : 0) : whole
  return Math.abs(at) > furthest ? null : at + 0
}

function millisOf(digits: string | undefined): number {
  return Number((digits ?? '').slice(0, 3).padEnd(3, '0'))
}

/** Trailing zeros would sort after the same fraction written shorter. */
function fraction(millis: number): string {
  return millis === 0 ? '' : `.${String(millis).padStart(3, '0').replace(/0+$/, '')}`
}

function localText(local: Local, separator: ' ' | 'T'): string {
  const day = Math.floor(local / millisPerDay)
  const ofDay = local - day * millisPerDay
  const seconds = Math.floor(ofDay / 1000)
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const time = parts.map((part) => String(part).padStart(2, '0')).join(':')
  return `${dayText(day)}${separator}${time}${fraction(ofDay - seconds * 1000)}`
}
