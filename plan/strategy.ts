/** What a personal column becomes. Pure: the old value and random text in, the new value out. */
import type { ColumnChange } from './compiled.ts'
import { cutAddress } from './ip-address.ts'
import { withoutPlaces } from './json-without.ts'

/** What to write in the form in which it is read, bytes in hexadecimal digits; or null for SQL NULL. */
export type NewValue = string | null

/** True when the new value does not depend on the row, so that one statement serves many rows. */
export function isConstant(change: ColumnChange): boolean {
  switch (change.strategy.strategy) {
    case 'blank':
    case 'null':
    case 'fixed':
    case 'keep':
      return true
    case 'unique_address':
    case 'year':
    case 'month':
    case 'truncated_ip':
    case 'coarse_user_agent':
    case 'generalised':
    case 'bucketed':
    case 'without':
      return false
  }
}

/** `random` is fresh lower-case hexadecimal text of at least 24 characters; it never derives from the row. */
export function newValue(change: ColumnChange, old: string | null, random: string): NewValue {
  const { strategy } = change
  switch (strategy.strategy) {
    case 'blank':
      return change.family === 'text' ? '' : null
    case 'null':
      return null
    case 'fixed':
      return change.family === 'binary' ? Buffer.from(strategy.value).toString('hex') : strategy.value
    case 'keep':
      return old
    case 'unique_address':
      return uniqueAddress(random, change.length)
    case 'year':
      return old === null ? null : generalDate(change, old, 4)
    case 'month':
      return old === null ? null : generalDate(change, old, 7)
    case 'truncated_ip':
      return old === null ? null : (cutAddress(change.family, old) ?? nothing(change))
    case 'coarse_user_agent':
      return old === null ? null : coarseUserAgent(old)
    case 'generalised':
      return old === null ? null : Array.from(old).slice(0, strategy.kept).join('')
    case 'bucketed':
      return old === null ? null : (bucketed(change, old, BigInt(strategy.width)) ?? nothing(change))
    case 'without':
      return old === null ? null : withoutPlaces(old, strategy.paths)
  }
}

/** For a value that is not what the strategy cuts: it might hold anything. */
function nothing({ family, nullable }: ColumnChange): NewValue {
  if (nullable) return null
  return family === 'integer' || family === 'decimal' ? '0' : ''
}

/** `.invalid` can never be delivered to (RFC 2606). Room for 12 random characters is checked at compile. */
function uniqueAddress(random: string, length: number | null): string {
  const domain = '@erased.invalid'
  const room = Math.min(24, (length ?? 255) - domain.length)
  return `${random.slice(0, room)}${domain}`
}

/**
 * Keeps the first 4 (year) or 7 (month) characters of an ISO date and starts the rest anew. The date of zeros says
 * nothing of anybody and stays, since its year has no first day; and a TIMESTAMP, in UTC, begins a second late.
 */
function generalDate({ family }: ColumnChange, old: string, kept: 4 | 7): string | null {
  const match = /^(\d{4})-(\d{2})-\d{2}(.*)$/.exec(old)
  if (match === null) return null
  const [, year = '', month = '', time = ''] = match
  const isZero = old.startsWith('0000-00-00')
  const day = isZero ? '0000-00-00' : kept === 4 ? `${year}-01-01` : `${year}-${month}-01`
  if (time === '') return day
  return `${day} 00:00:0${family === 'timestamp' && day === '1970-01-01' ? 1 : 0}`
}

/** Towards zero, so that the result always fits the type; but a YEAR is never before 1901. */
function bucketed({ type }: ColumnChange, old: string, width: bigint): string | null {
  const [, whole, rest = ''] = /^(-?\d+)(\.\d+)?$/.exec(old) ?? []
  if (whole === undefined) return null
  const kept = BigInt(whole) - (BigInt(whole) % width)
  if (kept === BigInt(whole) && !/[1-9]/.test(rest)) return old
  return /^year/i.test(type) && kept < 1901n ? '1901' : String(kept)
}

/** In this order: most browsers also claim to be Chrome and Safari, and Android claims to be Linux. */
const browsers = { Edg: 'Edge', OPR: 'Opera', Firefox: 'Firefox', Chrome: 'Chrome', Safari: 'Safari' }
const systems = {
  Windows: 'Windows',
  Android: 'Android',
  iPhone: 'iOS',
  iPad: 'iOS',
  'Mac OS X': 'macOS',
  Linux: 'Linux',
}

/** Browser family and system only: versions and models are what tells people apart. */
function coarseUserAgent(old: string): string {
  return `${firstNamed(browsers, old)} / ${firstNamed(systems, old)}`
}

function firstNamed(names: Readonly<Record<string, string>>, text: string): string {
  return Object.entries(names).find(([sign]) => text.includes(sign))?.[1] ?? 'other'
}
