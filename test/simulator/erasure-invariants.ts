/** Who may be gone: nobody active, nobody unwarned, nobody held, nobody by half. */
import type { Instant } from '../../base/clock.ts'
import { dayOf } from '../../plan/day.ts'
import type { Gone, Told } from './change.ts'
import type { Seen } from './invariants.ts'
import type { Bounce, PersonTruth, PolicyTruth } from './truth.ts'

const hour = 3_600_000
const day = 24 * hour
/** A civil day can be an hour short; nothing here needs to know which. */
const shortened = hour
/** A notice says nothing any more so long after its day. */
const stale = 30 * day
/** What happens in the same hour can cross on the way, and either order is right. */
export const crossing = hour
export const zone = 'Europe/Paris'

interface Erasure {
  readonly person: PersonTruth
  readonly policy: PolicyTruth
  readonly asOf: Instant
}

function erasureOf(seen: Seen, { key, entry }: Gone): Erasure | null {
  const person = seen.truth.people.get(key)
  const policy = entry === null ? undefined : seen.truth.policies.get(entry.terms)
  return person === undefined || policy === undefined || entry === null
    ? null
    : { person, policy, asOf: entry.asOf }
}

/** Runs a check on everybody who is gone and has evidence; who has none is caught elsewhere. */
function onEach(check: (seen: Seen, erasure: Erasure) => string | null): (seen: Seen) => string | null {
  return (seen) => {
    for (const gone of seen.change.gone) {
      const erasure = erasureOf(seen, gone)
      const wrong = erasure === null ? null : check(seen, erasure)
      if (wrong !== null) return `${gone.key}: ${wrong}`
    }
    return null
  }
}

export const nobodyActive = onEach((_seen, { person, policy, asOf }) =>
  asOf - person.lastSign >= policy.periodDays * day - shortened
    ? null
    : `erased ${daysIn(asOf - person.lastSign)} days after a sign of life, promised are ${policy.periodDays}`,
)

export const nobodyKept = onEach((_seen, { person }) => {
  if (person.holds > 0) return 'erased under a hold'
  if (person.restricted) return 'erased although restricted'
  if (person.ordering) return 'erased while an order was open'
  return person.role === 'customer' ? null : `erased although ${person.role}`
})

export const nobodyInDoubt = onEach((_seen, { person }) =>
  person.doubtful ? 'erased although a value of the clock cannot be true' : null,
)

export const everybodyWarned = onEach((seen, erasure) => {
  if (!erasure.policy.warns) return null
  const told = cycleOf(seen, erasure.person)
  const open = told.find((one) =>
    ['queued', 'claimed', 'deferred', 'unknown'].includes(stateBefore(seen, one)),
  )
  if (open !== undefined) return 'erased while a mail of this silence was on its way'
  const wrong = warningFault(seen, erasure, told)
  if (wrong === null || unreachable(seen, erasure, told) || addressless(erasure, told)) return null
  return wrong
})

function cycleOf(seen: Seen, person: PersonTruth): readonly Told[] {
  // Warnings that were cleared, because the person came back or the term grew longer, say nothing any more.
  const standing = seen.memory.picture?.warnings ?? []
  return standing
    .filter((warning) => warning.key === person.key && warning.cycle === person.lastSign)
    .flatMap((warning) => seen.memory.told.get(warning.mail) ?? [])
}

function stateBefore(seen: Seen, told: Told): string {
  return seen.memory.mails.get(told.mail)?.state ?? 'gone'
}

/** Why the mails of the last round do not make a notice that holds; null when they do. */
function warningFault(seen: Seen, { person, policy, asOf }: Erasure, told: readonly Told[]): string | null {
  const round = Math.max(-1, ...told.map((one) => one.round))
  const last = told.filter((one) => one.round === round)
  const accepted = last
    .map((one) => ({ one, at: acceptedAt(seen, one.token) }))
    .filter(({ one, at }) => at !== null && stateBefore(seen, one) === 'accepted')
  const first = Math.min(Infinity, ...accepted.map(({ at }) => at ?? Infinity))
  if (first === Infinity) return 'erased without a mail that was accepted about this silence'
  if (last.some((one) => one.addressHash !== person.addressHash)) return 'warned at another address'
  if (last.some((one) => one.terms !== policy.terms)) return 'warned in other words'
  const announced = Math.max(...accepted.map(({ one }) => one.announced))
  if (asOf < announced) return 'erased before the announced day'
  if (asOf - first < policy.noticeDays * day - shortened)
    return `erased ${daysIn(asOf - first)} days after the mail`
  if (asOf - announced > stale + day) return 'erased on a notice that is long past'
  const standing = Math.max(...accepted.map(({ one }) => lastAcceptedAt(seen, one.token)))
  return bounces(seen, told, person).some(({ at }) => at > standing + crossing)
    ? 'erased after a bounce'
    : null
}

function acceptedAt(seen: Seen, token: string): Instant | null {
  const taken = seen.truth.sends.filter(
    (send) => send.token === token && (send.answer === 'accepted' || send.answer === 'lost'),
  )
  if (seen.truth.bounces.some((bounce) => bounce.token === token)) return null
  return taken[0]?.at ?? null
}

function lastAcceptedAt(seen: Seen, token: string): Instant {
  return seen.truth.sends.filter((send) => send.token === token).at(-1)?.at ?? -Infinity
}

function bounces(seen: Seen, told: readonly Told[], person: PersonTruth): readonly Bounce[] {
  const tokens = new Set(told.filter((one) => one.addressHash === person.addressHash).map((one) => one.token))
  return seen.truth.bounces.filter((bounce) => tokens.has(bounce.token))
}

/** Refused or bounced for good on enough different days, at this address, and the wait is over. */
function unreachable(seen: Seen, { person, policy, asOf }: Erasure, told: readonly Told[]): boolean {
  if (policy.unreachable !== 'erase') return false
  const own = new Set(told.filter((one) => one.addressHash === person.addressHash).map((one) => one.token))
  const refusals = seen.truth.sends
    .filter((send) => own.has(send.token) && send.answer === 'rejected')
    .map((send) => send.at)
  // Later refusals may not count, when the relay refuses everybody; the wait begins with the first that suffice.
  const days = new Map<number, Instant>()
  const forGood = bounces(seen, told, person).filter(({ givenUp }) => !givenUp)
  for (const at of [...refusals, ...forGood.map(({ at }) => at)].sort((a, b) => a - b)) {
    const date = dayOf(at, zone)
    if (!days.has(date)) days.set(date, at)
  }
  const enough = [...days.values()][policy.refusals - 1]
  return enough !== undefined && asOf - enough >= (policy.waitDays - 1) * day - shortened
}

function addressless({ person, policy }: Erasure, told: readonly Told[]): boolean {
  return policy.noAddress === 'erase' && person.address === null && told.length === 0
}

export function wholePersons({ change, picture }: Seen): string | null {
  const [lessened] = change.lessened
  if (lessened !== undefined) return `${lessened}: rows of the person are gone, and the person is not`
  return picture.orphans > 0 ? `${picture.orphans} row(s) hang on nobody` : null
}

export function noTraces({ memory, picture, change }: Seen): string | null {
  if (memory.picture?.traces === picture.traces && change.gone.length === 0) return null
  for (const key of [...memory.erased.keys(), ...change.gone.map((gone) => gone.key)])
    if (!picture.people.has(key) && (picture.traces.get(key) ?? 0) > 0)
      return `${key}: we still keep something of a person who is gone`
  return null
}

export function nobodyComesBack({ memory, picture }: Seen): string | null {
  if (memory.picture?.people === picture.people) return null
  for (const key of memory.erased.keys())
    if (picture.people.has(key)) return `${key}: erased, and there again`
  return null
}

function daysIn(span: number): string {
  return (span / day).toFixed(1)
}
