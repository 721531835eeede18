/** Whether new terms are gentler to people than the old ones. Only what is surely gentler needs no approval. */
import { canonicalText, type Canonical } from '../base/canonical.ts'

export type TermsChange = 'same' | 'gentler' | 'severe'

type Fields = Readonly<Record<string, Canonical | undefined>>

/**
 * `gentler`: all is equal but longer periods, more protections or more notice. Anything that cannot be
 * proven gentler is severe, because severe only means that a person looks first.
 */
export function compareTerms(old: Canonical, next: Canonical): TermsChange {
  if (canonicalText(old) === canonicalText(next)) return 'same'
  const before = fieldsOf(old)
  const after = fieldsOf(next)
  if (before === null || after === null) return 'severe'
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  for (const name of names) if (!notHarsher(name, before[name] ?? null, after[name] ?? null)) return 'severe'
  return 'gentler'
}

function notHarsher(name: string, old: Canonical, next: Canonical): boolean {
  if (canonicalText(old) === canonicalText(next)) return true
  switch (name) {
    case 'keepAtMost':
    case 'keepAtLeast':
      return notShorter(old, next)
    case 'protections':
      return holdsAll(old, next)
    case 'notice':
      return noLessNotice(old, next)
    case 'spares':
      return sparesNoFewer(old, next)
    default:
      return false
  }
}

/**
 * Months have 28 to 31 days, so unlike units are compared at their extremes. Hours are like nothing else: they end in
 * the middle of a day, and days last to the end of their last one.
 */
function notShorter(old: Canonical, next: Canonical): boolean {
  const a = fieldsOf(old)
  const b = fieldsOf(next)
  if (a === null || b === null) return false
  if (amount(a.hours) > 0 !== amount(b.hours) > 0) return false
  const units = ['months', 'days', 'hours']
  if (units.every((unit) => amount(b[unit]) >= amount(a[unit]))) return true
  return amount(b.hours) === 0 && daysOf(b, 28) >= daysOf(a, 31)
}

function daysOf(period: Fields, daysOfMonth: number): number {
  return amount(period.months) * daysOfMonth + amount(period.days)
}

/** Terms from before this was noted say nothing of it, and an update asks nobody to approve anew. */
function sparesNoFewer(old: Canonical, next: Canonical): boolean {
  if (old === null) return true
  const a = fieldsOf(old)
  const b = fieldsOf(next)
  if (a === null || b === null) return false
  return (
    holdsAll(a.protections ?? null, b.protections ?? null) &&
    canonicalText(a.above ?? null) === canonicalText(b.above ?? null) &&
    // Civil dates sort as texts. What lies before cannot be true, and keeps.
    textOf(b.notBefore) >= textOf(a.notBefore) &&
    (a.ends === b.ends || b.ends === 'next day')
  )
}

/** A first notice is no gentler: only an approval asks whether mails that come back are heard of. */
function noLessNotice(old: Canonical, next: Canonical): boolean {
  const a = fieldsOf(old)
  const b = fieldsOf(next)
  if (a === null || b === null) return false
  return (
    a.when === b.when &&
    amount(b.minimumNoticeDays) >= amount(a.minimumNoticeDays) &&
    holdsAll(a.daysBefore ?? null, b.daysBefore ?? null) &&
    (a.noAddress === b.noAddress || b.noAddress === 'a person decides') &&
    noHarsherWhenUnreachable(
      a.invalidAddress ?? 'a person decides',
      b.invalidAddress ?? 'a person decides',
    ) &&
    keepsNoAddressLonger(a.thenTell, b.thenTell) &&
    noHarsherWhenUnreachable(a.ifUnreachable ?? null, b.ifUnreachable ?? null)
  )
}

/** A last mail keeps the address for some days more; giving it up never does. */
function keepsNoAddressLonger(old: Canonical | undefined, next: Canonical | undefined): boolean {
  if (next === undefined) return true
  const a = fieldsOf(old ?? null)
  const b = fieldsOf(next)
  return a !== null && b !== null && amount(b.withinDays) <= amount(a.withinDays)
}

function noHarsherWhenUnreachable(old: Canonical, next: Canonical): boolean {
  if (canonicalText(old) === canonicalText(next) || next === 'a person decides') return true
  const a = fieldsOf(old)
  const b = fieldsOf(next)
  if (a === null || b === null) return false
  return (
    (a.finally === b.finally || b.finally === 'a person decides') &&
    amount(b.refusals) >= amount(a.refusals) &&
    amount(b.waitDays) >= amount(a.waitDays)
  )
}

function holdsAll(old: Canonical, next: Canonical): boolean {
  if (!isList(old) || !isList(next)) return false
  const texts = new Set(next.map(canonicalText))
  return old.every((one) => texts.has(canonicalText(one)))
}

function textOf(value: Canonical | undefined): string {
  return typeof value === 'string' ? value : ''
}

function amount(value: Canonical | undefined): number {
  return typeof value === 'string' ? Number(value) : 0
}

function fieldsOf(value: Canonical): Fields | null {
  return value === null || typeof value !== 'object' || isList(value) ? null : value
}

function isList(value: Canonical): value is readonly Canonical[] {
  return Array.isArray(value)
}
