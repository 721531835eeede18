/** What will happen, written before anything does: a list from which lines can be struck to find the shortest one. */
import type { Instant } from '../../base/clock.ts'
import { points } from '../../base/point.ts'
import { firstWords, type PolicyWords } from './policy-versions.ts'
import { randomOf, type Random } from './random.ts'

export const faults = ['crash', 'freeze', 'lost', 'answer lost', 'never arrives', 'late'] as const

/** `at`: how many steps come first, or the name of the step at which it happens. */
export interface Fault {
  readonly kind: (typeof faults)[number]
  readonly at: number | string
  /** Slots that a freeze lasts. */
  readonly slots: number
}

export type What =
  | 'run'
  | 'run with gap accepted'
  | 'deliver'
  | 'seal'
  | 'sign in'
  | 'session'
  | 'late session'
  | 'use session'
  | 'new address'
  | 'address gone'
  | 'address refuses'
  | 'restrict'
  | 'unrestrict'
  | 'order'
  | 'order done'
  | 'spoil clock'
  | 'mend clock'
  | 'hold'
  | 'release'
  | 'bounce'
  | 'all bounce'
  | 'approve'
  | 'edit'
  | 'relay works'
  | 'relay refuses everybody'
  | 'relay is away'
  | 'relay loses answers'

export interface Happening {
  /** Number of its slot. */
  readonly slot: number
  readonly what: What
  /** Number of the person concerned; null: whoever has been silent for longest. */
  readonly who: number | null
  /** Steps of the others that come first. */
  readonly delay: number
  /** It also waits until somebody has come to this step, if anybody does. */
  readonly until: string | null
  /** For processes of ours: what goes wrong, after how many of their steps. */
  readonly fault: Fault | null
  /** In [0, 1): whatever else has to be chosen. */
  readonly choice: number
}

export interface Newcomer {
  readonly daysSilent: number
  readonly address: 'valid' | 'none' | 'invalid'
  readonly refused: boolean
  readonly role: 'customer' | 'canary' | 'exception'
  readonly sessions: number
}

export interface Script {
  readonly seed: number
  readonly people: readonly Newcomer[]
  readonly words: PolicyWords
  /** The terms have acted before the story begins. */
  readonly settled: boolean
  readonly slots: readonly Instant[]
  readonly happenings: readonly Happening[]
}

const day = 86_400_000
const slotCount = 12

/** `often`: what happens in nearly every slot; the rest is as the seed says. */
export function scriptOf(seed: number, often: readonly What[] = []): Script {
  const random = randomOf(seed)
  const people = Array.from({ length: 2 + random.below(3) }, () => newcomer(random))
  if (random.chance(0.05)) people.push({ ...newcomer(random), role: 'canary' })
  const words = firstWords(random)
  const settled = random.chance(0.7)
  const slots = slotTimes(random)
  const taste = tasteOf(random, often)
  const happenings = slots.flatMap((_, slot) => inSlot(random, slot, people.length, taste))
  return { seed, people, words, settled, slots, happenings }
}

function newcomer(random: Random): Newcomer {
  return {
    daysSilent: 16 + random.below(34),
    address: random.chance(0.9) ? 'valid' : random.pick(['none', 'invalid'] as const),
    refused: random.chance(0.15),
    role: random.chance(0.05) ? 'exception' : 'customer',
    sessions: random.below(3),
  }
}

function slotTimes(random: Random): readonly Instant[] {
  let at = Date.parse('2026-01-01T09:00:00Z') + random.below(365) * day
  return Array.from({ length: slotCount }, () => {
    at += random.chance(0.03) ? (9 + random.below(4)) * day : random.chance(0.01) ? -2 * day : between(random)
    return at
  })
}

/** From some hours to five days: two slots can lie in one local day. */
function between(random: Random): number {
  return Math.floor((0.2 + random.next() * 4.8) * day)
}

/** Each story has a taste of its own, so that what meets seldom by chance meets often in some of them. */
interface Taste {
  readonly faults: number
  readonly times: ReadonlyMap<What, number>
}

function tasteOf(random: Random, often: readonly What[]): Taste {
  const whats: readonly What[] = ['seal', 'deliver', ...shares.map(([what]) => what)]
  return {
    faults: random.pick([0, 0.25, 0.6]),
    times: new Map(whats.map((what) => [what, often.includes(what) ? 8 : random.pick([0, 0, 0.5, 1, 4])])),
  }
}

function inSlot(random: Random, slot: number, people: number, taste: Taste): readonly Happening[] {
  const found: Happening[] = []
  const add = (what: What, share: number): void => {
    if (!random.chance(share * (taste.times.get(what) ?? 1))) return
    const ours = what === 'run' || what === 'deliver' || what === 'seal'
    found.push({
      slot,
      what,
      who: random.chance(0.35) ? null : random.below(people),
      delay: random.below(ours ? 20 : 110),
      until: !ours && random.chance(0.3) ? random.pick(places) : null,
      fault: ours && slot > 2 && random.chance(taste.faults) ? faultOf(random) : null,
      choice: random.next(),
    })
  }
  add('run', slot < 2 ? 1 : 0.8)
  add('run', 0.08)
  add('run with gap accepted', 0.04)
  add('deliver', 0.35)
  add('seal', 0.1)
  add('approve', slot === 1 ? 1 : 0.12)
  for (const [what, share] of shares) add(what, share)
  return found
}

/** Steps at which things go wrong more often than by chance: those of a batch, and what is like them elsewhere. */
const places: readonly string[] = [
  ...points.write,
  'planned',
  'page judged',
  'the relay says accepted',
  'the relay says lost',
  'sealing',
  'sealed, not signed yet',
  'marks the call',
  'closes the run',
]

const shares: readonly (readonly [What, number])[] = [
  ['sign in', 0.1],
  ['session', 0.05],
  ['late session', 0.07],
  ['use session', 0.25],
  ['new address', 0.06],
  ['address gone', 0.015],
  ['address refuses', 0.02],
  ['restrict', 0.02],
  ['unrestrict', 0.03],
  ['order', 0.03],
  ['order done', 0.05],
  ['spoil clock', 0.03],
  ['mend clock', 0.03],
  ['hold', 0.08],
  ['release', 0.06],
  ['bounce', 0.12],
  ['all bounce', 0.05],
  ['edit', 0.04],
  ['relay works', 0.12],
  ['relay refuses everybody', 0.03],
  ['relay is away', 0.03],
  ['relay loses answers', 0.04],
]

function faultOf(random: Random): Fault {
  const at = random.chance(0.5) ? 1 + random.below(90) : random.pick(places)
  return { kind: random.pick(faults), at, slots: 1 + random.below(3) }
}
