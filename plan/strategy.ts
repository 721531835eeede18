/** What a personal column becomes. Pure: the old value and random text in, the new value out. */
import ipaddr from 'ipaddr.js'
import type { ColumnChange } from './compiled.ts'
import { withoutPlaces } from './json-without.ts'

/** Text to write, or null for SQL NULL. */
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
      return strategy.value
    case 'keep':
      return old
    case 'unique_address':
      return uniqueAddress(random, change.length)
    case 'year':
      return old === null ? null : generalDate(old, 4)
    case 'month':
      return old === null ? null : generalDate(old, 7)
    case 'truncated_ip':
      return truncatedIp(old, change.nullable)
    case 'coarse_user_agent':
      return old === null ? null : coarseUserAgent(old)
    case 'without':
      return old === null ? null : withoutPlaces(old, strategy.paths)
  }
}

/** `.invalid` can never be delivered to (RFC 2606). Room for 12 random characters is checked at compile. */
function uniqueAddress(random: string, length: number | null): string {
  const domain = '@erased.invalid'
  const room = Math.min(24, (length ?? 255) - domain.length)
  return `${random.slice(0, room)}${domain}`
}

/** Keeps the first 4 (year) or 7 (month) characters of an ISO date and starts the rest anew. */
function generalDate(old: string, kept: 4 | 7): string | null {
  const match = /^(\d{4})-(\d{2})-\d{2}(.*)$/.exec(old)
  if (match === null) return null
  const day = kept === 4 ? `${match[1] ?? ''}-01-01` : `${match[1] ?? ''}-${match[2] ?? ''}-01`
  return (match[3] ?? '') === '' ? day : `${day} 00:00:00`
}

/**
 * IPv4 to /24, IPv6 to /48 (a mapped IPv4 address is cut as IPv4). What is not an address becomes blank:
 * an unreadable value might hold anything.
 */
function truncatedIp(old: string | null, nullable: boolean): NewValue {
  if (old === null) return null
  const nothing = nullable ? null : ''
  if (/^\d/.test(old) && !old.includes(':')) {
    if (!ipaddr.IPv4.isValidFourPartDecimal(old)) return nothing
    return `${old.split('.').slice(0, 3).join('.')}.0`
  }
  if (!ipaddr.IPv6.isValid(old)) return nothing
  const address = ipaddr.IPv6.parse(old)
  if (address.isIPv4MappedAddress()) {
    const [a = 0, b = 0, c = 0] = address.toIPv4Address().octets
    return `${a}.${b}.${c}.0`
  }
  return new ipaddr.IPv6([...address.parts.slice(0, 3), 0, 0, 0, 0, 0]).toString()
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
