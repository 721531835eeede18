/** Small grammar that both languages share. */
import type { Period } from '../period.ts'

const units = ['years', 'months', 'weeks', 'days', 'hours'] as const

export type Unit = (typeof units)[number]

/** The units that a period uses, largest first, with their counts. */
export function unitsOf(period: Period): readonly (readonly [Unit, number])[] {
  return units.map((unit) => [unit, period[unit]] as const).filter(([, count]) => count > 0)
}

/** `a, b and c`; `and` brings its own leading space or comma. */
export function listed(items: readonly string[], and: string): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')}${and} ${items.at(-1) ?? ''}`
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
