/**
 * IP addresses as sites store them: as text, as a number (INET_ATON, ip2long) or as bytes (INET6_ATON). IPv4 is
 * cut to /24 and IPv6 to /48, an IPv4 address inside an IPv6 one (mapped, 6to4) as IPv4. Null: no address.
 */
import ipaddr from 'ipaddr.js'
import type { Column } from './site-schema.ts'

/** Whether an address fits into a column of this type. */
export function holdsAddresses({ family, type }: Pick<Column, 'family' | 'type'>): boolean {
  switch (family) {
    case 'text':
      return !/^(?:enum|set)\b/i.test(type)
    case 'integer':
      return !/^(?:tinyint|smallint|mediumint|year)/i.test(type)
    case 'binary': {
      const [, fixed, size] = /^(binary)?.*?\((\d+)\)/i.exec(type) ?? []
      return fixed === undefined ? Number(size ?? 4) >= 4 : size === '4' || size === '16'
    }
    case 'other':
      return /^inet[46]$/i.test(type)
    case 'decimal':
    case 'date':
    case 'datetime':
    case 'timestamp':
      return false
  }
}

/** `old` as a value is read: bytes in hexadecimal digits. */
export function cutAddress(family: Column['family'], old: string): string | null {
  if (family === 'integer') return cutNumber(old)
  if (family === 'binary') return cutBytes(old)
  const cut = cutText(old)
  // INET6 takes an IPv4 address only as a mapped one.
  const isMapped = family === 'other' && old.includes(':') && cut?.includes('.') === true
  return isMapped ? `::ffff:${cut}` : cut
}

function cutText(old: string): string | null {
  if (/^\d/.test(old) && !old.includes(':')) {
    if (!ipaddr.IPv4.isValidFourPartDecimal(old)) return null
    return `${old.split('.').slice(0, 3).join('.')}.0`
  }
  if (!ipaddr.IPv6.isValid(old)) return null
  const address = ipaddr.IPv6.parse(old)
  if (address.isIPv4MappedAddress()) {
    const [a = 0, b = 0, c = 0] = address.toIPv4Address().octets
    return `${a}.${b}.${c}.0`
  }
  const [first = 0, second = 0, third = 0] = address.parts
  return new ipaddr.IPv6([first, second, first === 0x2002 ? third & 0xff00 : third, 0, 0, 0, 0, 0]).toString()
}

/** `ip2long` of 32 bits gives the upper half of the addresses as negative numbers. */
function cutNumber(old: string): string | null {
  if (!/^-?\d+$/.test(old)) return null
  const number = BigInt(old)
  if (number < -2_147_483_648n || number > 4_294_967_295n) return null
  const cut = number - (((number % 256n) + 256n) % 256n)
  // With its zeros in front, where the column has them.
  return cut === number ? old : String(cut)
}

/**
 * BINARY(16) fills four bytes of IPv4 up with zeros, which looks like a very short IPv6 address: where the third
 * group is zero, 24 bits stay.
 */
function cutBytes(old: string): string | null {
  const digits = (kept: number): string => old.slice(0, kept).padEnd(old.length, '0')
  if (old.length === 8) return digits(6)
  if (old.length !== 32) return null
  if (old.startsWith('00000000000000000000ffff')) return digits(30)
  if (old.slice(8, 12) === '0000') return digits(6)
  return digits(old.startsWith('2002') ? 10 : 12)
}
