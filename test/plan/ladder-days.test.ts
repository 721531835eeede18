/** Whole ladders, day by day, with outcomes at random: what must hold whatever the mail does. */
import { expect } from 'chai'
import fc from 'fast-check'
import type { Warn } from '../../policies/policy.ts'
import { dayOf, dayStart } from '../../plan/day.ts'
import type { Decision } from '../../plan/decision.ts'
import type { WarningFact } from '../../plan/facts.ts'
import { judge } from '../../plan/judge.ts'
import { earlierMessage } from '../../plan/earlier-message.ts'
import { mayGo, stateOf, type LifeState } from '../../plan/life.ts'
import { usualWarning } from '../../templates/fixtures.ts'
import { warningContext } from '../../templates/context.ts'
import { factsOf, noon, policyOf, warn, zone } from './judged-policy.ts'

type Fate =
  | 'accepted'
  | 'accepted late'
  | 'refused'
  | 'bounced later'
  | 'given up later'
  | 'abandoned'
  | 'unknown, then accepted'
type Event = 'none' | 'new address' | 'new terms' | 'login' | 'hold' | 'outage'

interface Story {
  readonly warn: Warn
  readonly fates: readonly Fate[]
  readonly events: readonly Event[]
  /** Days that the first run comes after the window opened. */
  readonly late: number
  readonly hours: readonly number[]
}

interface Mail {
  fact: WarningFact
  readonly changes: { at: number; fact: WarningFact }[]
}

const hour = 3_600_000
const day = 24 * hour
const begin = Date.parse('2020-06-01T08:00:00Z')
const value = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ')

const warnings = fc.record({
  when: fc.constantFrom('before the term' as const, 'at the term' as const),
  daysBefore: fc.constantFrom([60, 30, 7], [30], [45, 44, 43, 2, 1], [10, 5]),
  minimumNoticeDays: fc.constantFrom(30, 14, 1),
  template: fc.constant('inactivity-warning'),
  ifUnreachable: fc.constantFrom(
    warn.ifUnreachable,
    { refusals: 2, waitDays: 1, finally: 'erase' as const },
    'a person decides' as const,
  ),
  noAddress: fc.constantFrom('erase' as const, 'a person decides' as const),
})

const stories: fc.Arbitrary<Story> = fc.record({
  warn: warnings,
  fates: fc.array(
    fc.constantFrom<Fate[]>(
      'accepted',
      'accepted',
      'accepted',
      'accepted late',
      'refused',
      'bounced later',
      'given up later',
      'abandoned',
      'unknown, then accepted',
    ),
    { minLength: 12, maxLength: 12 },
  ),
  events: fc.array(
    fc.oneof(
      { weight: 30, arbitrary: fc.constant<Event>('none') },
      {
        weight: 1,
        arbitrary: fc.constantFrom<Event[]>('new address', 'new terms', 'login', 'hold', 'outage'),
      },
    ),
    { minLength: 400, maxLength: 400 },
  ),
  late: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 500 })),
  hours: fc.array(fc.integer({ min: 0, max: 23 }), { minLength: 400, maxLength: 400 }),
})

/** What becomes of a mail, as facts that hold from given instants on. */
function posted(fact: WarningFact, fate: Fate): Mail {
  const at = fact.queuedAt
  const accepted = (when: number): WarningFact => ({ ...fact, state: 'accepted', acceptedAt: when })
  const open: WarningFact = {
    ...fact,
    state: fate.startsWith('unknown') ? 'unknown' : 'open',
    acceptedAt: null,
  }
  switch (fate) {
    case 'accepted':
      return { fact: open, changes: [{ at: at + hour / 2, fact: accepted(at + hour / 2) }] }
    case 'accepted late':
    case 'unknown, then accepted':
      return { fact: open, changes: [{ at: at + 4 * day, fact: accepted(at + 4 * day) }] }
    case 'refused':
      return {
        fact: open,
        changes: [
          { at: at + hour, fact: { ...fact, state: 'refused', acceptedAt: null, failedAt: at + hour } },
        ],
      }
    case 'bounced later':
      return {
        fact: open,
        changes: [
          { at: at + hour, fact: accepted(at + hour) },
          { at: at + 6 * day, fact: { ...accepted(at + hour), state: 'bounced', failedAt: at + 6 * day } },
        ],
      }
    case 'given up later':
      return {
        fact: open,
        changes: [
          { at: at + hour, fact: accepted(at + hour) },
          {
            at: at + 5 * day + hour / 4,
            fact: { ...fact, state: 'undelivered', acceptedAt: null, failedAt: at + 5 * day + hour / 4 },
          },
        ],
      }
    case 'abandoned':
      return {
        fact: open,
        changes: [{ at: at + 5 * day, fact: { ...fact, state: 'abandoned', acceptedAt: null } }],
      }
  }
}

interface Lived {
  readonly end: 'erased' | 'alive'
  readonly days: number
  readonly mails: readonly WarningFact[]
  readonly last: Decision | null
}

/** Lives the story, one judgement a day at any hour, and checks every judgement. */
function live(story: Story, keepsGoing = false): Lived {
  const mails: Mail[] = []
  let [start, address, terms, heldUntil, downUntil] = [begin, 'address', 'terms', 0, 0]
  let state: LifeState | null = null
  let last: Decision | null = null
  const opens = noon('2023-03-20') + story.late * day
  const length = keepsGoing ? 900 : story.events.length
  for (let index = 0; index < length; index += 1) {
    const now = dayStart(dayOf(opens + index * day, zone), zone) + (story.hours[index % 400] ?? 0) * hour
    const event = keepsGoing ? 'none' : story.events[index]
    if (event === 'new address') address += '+'
    if (event === 'new terms') terms += '+'
    if (event === 'login') start = now - hour
    if (event === 'hold') heldUntil = now + 100 * day
    if (event === 'outage') downUntil = now + 40 * day
    for (const mail of mails) for (const change of mail.changes) if (change.at <= now) mail.fact = change.fact
    if (now < downUntil) continue
    const facts = factsOf(value(start), {
      addressHash: address,
      held: now < heldUntil,
      warnings: mails.map(({ fact }) => fact),
    })
    const decision = judge(policyOf({ warn: story.warn, more: { termsHash: terms } }), facts, now)
    last = decision
    const next = stateOf(decision, facts)
    if (state !== null && state !== next && event === 'none' && downUntil === 0)
      expect(mayGo(state, next), `${state} to ${next}`).to.equal(true)
    state = next
    if (decision.act === 'due') {
      checkErasure(story, facts.warnings, decision, { start, address, terms, now })
      return { end: 'erased', days: index, mails: facts.warnings, last }
    }
    if (decision.act === 'warn') {
      checkMail(facts.warnings, decision, now)
      checkWords(facts.warnings, decision, { address, now })
      const fact: WarningFact = {
        policy: 'inactive-accounts',
        cycle: start,
        round: decision.round,
        step: decision.step,
        addressHash: address,
        termsHash: terms,
        announced: decision.announced,
        queuedAt: now,
        acceptedAt: null,
        state: 'open',
        failedAt: null,
      }
      mails.push(posted(fact, story.fates[mails.length % story.fates.length] ?? 'accepted'))
    }
  }
  return { end: 'alive', days: length, mails: mails.map(({ fact }) => fact), last }
}

function checkMail(
  before: readonly WarningFact[],
  decision: Extract<Decision, { act: 'warn' }>,
  now: number,
): void {
  expect(decision.announced, 'names a day to come').to.be.above(now)
  expect(decision.announced, 'names a day when the term is over').to.be.at.least(decision.dueFrom)
  expect(decision.announced, 'names the start of a local day').to.equal(
    dayStart(dayOf(decision.announced, zone), zone),
  )
  for (const mail of before) {
    expect(dayOf(mail.queuedAt, zone), 'one mail a day').to.be.below(dayOf(now, zone))
    if (mail.cycle !== decision.start) continue
    expect(mail.announced, 'no earlier day than a mail before').to.be.at.most(decision.announced)
    expect(mail.state, 'nothing in flight').to.not.be.oneOf(['open', 'unknown'])
    if (mail.round === decision.round) expect(mail.step, 'steps rise').to.be.below(decision.step)
    else expect(mail.round, 'rounds rise').to.be.below(decision.round)
  }
}

/** What the reader of this address reads now, beside what was read before. */
function checkWords(
  before: readonly WarningFact[],
  { step, announced }: Extract<Decision, { act: 'warn' }>,
  { address, now }: { readonly address: string; readonly now: number },
): void {
  const earlier = earlierMessage(before, { policy: 'inactive-accounts', addressHash: address })
  const said = warningContext({ ...usualWarning, announced, step, earlier }, 'en', zone)
  const dayIn = (words: string): number => Date.parse(`${words} UTC`) / day
  const last = dayIn(said.lastDay)
  expect(last, 'no past day is read').to.be.at.least(dayOf(now, zone))
  expect(said.deadline).to.match(/ at 23:59, Paris time$/)
  expect(last + 1, 'the last minute is the one before the erasure').to.equal(dayOf(announced, zone))
  const read = before.filter(({ addressHash, state }) => addressHash === address && state === 'accepted')
  for (const one of read)
    expect(last, 'no earlier day is read').to.be.at.least(dayOf(one.announced, zone) - 1)
  const newest = read.toSorted((a, b) => (a.acceptedAt ?? 0) - (b.acceptedAt ?? 0)).at(-1)
  const changed = newest !== undefined && newest.announced !== announced
  expect(said.replacedDay !== '', 'a changed day is told, and only then').to.equal(changed)
  if (!changed) return
  expect(dayIn(said.replacedMessage)).to.equal(dayOf(newest.acceptedAt ?? NaN, zone))
  expect(dayIn(said.replacedDay)).to.equal(dayOf(newest.announced, zone) - 1)
}

function checkErasure(
  story: Story,
  mails: readonly WarningFact[],
  decision: Extract<Decision, { act: 'due' }>,
  at: { start: number; address: string; terms: string; now: number },
): void {
  expect(decision.dueFrom).to.be.at.most(at.now)
  const cycle = mails.filter(({ cycle }) => cycle === at.start)
  expect(
    cycle.some(({ state }) => state === 'open' || state === 'unknown'),
    'in flight',
  ).to.equal(false)
  for (const { announced, state } of cycle)
    if (state === 'accepted') expect(announced, 'never earlier than printed').to.be.at.most(at.now)
  const failures = cycle.filter(
    ({ state, addressHash }) => (state === 'refused' || state === 'bounced') && addressHash === at.address,
  )
  if (decision.notice === 'unreachable') {
    expect(
      new Set(failures.map(({ failedAt }) => dayOf(failedAt ?? NaN, zone))).size,
      'two days',
    ).to.be.at.least(2)
    const { ifUnreachable: rule } = story.warn
    const waits = rule === 'a person decides' ? Infinity : rule.waitDays
    expect(at.now - Math.max(...failures.map(({ failedAt }) => failedAt ?? NaN)), 'waited').to.be.at.least(
      (waits - 1) * day,
    )
    return
  }
  expect(decision.notice).to.equal('warned')
  const proofs = cycle.filter(
    ({ state, addressHash, termsHash, acceptedAt, announced }) =>
      state === 'accepted' &&
      addressHash === at.address &&
      termsHash === at.terms &&
      announced <= at.now &&
      at.now <= announced + 30 * day + hour &&
      // A change of the clock in between takes an hour off.
      at.now - (acceptedAt ?? NaN) >= story.warn.minimumNoticeDays * day - hour,
  )
  expect(proofs.length, 'an accepted warning that still holds').to.be.above(0)
  const last = Math.max(
    ...cycle.map(({ acceptedAt, state }) => (state === 'accepted' ? (acceptedAt ?? 0) : 0)),
  )
  const givenUp = cycle.filter(
    ({ state, addressHash }) => state === 'undelivered' && addressHash === at.address,
  )
  for (const { failedAt } of [...failures, ...givenUp])
    expect(failedAt ?? NaN, 'no bounce since').to.be.below(last)
}

describe('ladders lived day by day', () => {
  it('keep every rule whatever becomes of the mails', () => {
    const ends = new Map<string, number>()
    fc.assert(
      fc.property(stories, (story) => {
        const { end } = live(story)
        ends.set(end, (ends.get(end) ?? 0) + 1)
      }),
      { numRuns: 1500, seed: 641 },
    )
    // Otherwise the rules above were never tried.
    expect(ends.get('erased')).to.be.above(200)
    expect(ends.get('alive')).to.be.above(200)
  })

  it('come to an end when mails are accepted', () => {
    fc.assert(
      fc.property(
        stories,
        fc.constantFrom<Fate[]>('accepted', 'accepted late', 'unknown, then accepted'),
        (story, fate) => {
          const { end, days } = live({ ...story, fates: [fate] }, true)
          expect(end).to.equal('erased')
          expect(days).to.be.below(200)
        },
      ),
      { numRuns: 300, seed: 1182 },
    )
  })

  it('come to an end when every mail is given up by another server: nobody goes, and a person decides', () => {
    fc.assert(
      fc.property(stories, (story) => {
        // A shorter notice is over before the report comes.
        const minimumNoticeDays = Math.max(14, story.warn.minimumNoticeDays)
        const told = { ...story, warn: { ...story.warn, minimumNoticeDays } }
        const { end, mails, last } = live({ ...told, fates: ['given up later'] }, true)
        expect(end).to.equal('alive')
        expect(last).to.include({ act: 'spare', reason: 'given up by other servers', until: null })
        expect(new Set(mails.map(({ round }) => round)).size).to.be.at.most(3)
      }),
      { numRuns: 300, seed: 2101 },
    )
  })

  it('come to an end when each first mail stands and each reminder is refused or comes back', () => {
    for (const fate of ['refused', 'bounced later'] as const) {
      const ends = new Map<string, number>()
      fc.assert(
        fc.property(stories, (story) => {
          const { end, mails, last } = live({ ...story, fates: ['accepted', fate] }, true)
          expect(new Set(mails.map(({ round }) => round)).size, fate).to.be.at.most(3)
          const reason = last?.act === 'spare' ? last.reason : end
          ends.set(reason, (ends.get(reason) ?? 0) + 1)
          if (end === 'erased') return
          expect(last, fate).to.include({ act: 'spare', until: null })
          expect(reason).to.be.oneOf(['given up by other servers', 'unreachable'])
        }),
        { numRuns: 300, seed: 2102 },
      )
      expect(ends.get('given up by other servers'), fate).to.be.above(20)
    }
  })
})
