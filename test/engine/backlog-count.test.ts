/** Who is counted as part of a frozen backlog, and who enters what a policy does. Pure. */
import { expect } from 'chai'
import { backlogTally, isEntering, noteBacklog } from '../../engine/backlog.ts'
import type { Decision } from '../../plan/decision.ts'
import { policyOf } from '../plan/judged-policy.ts'

const now = Date.parse('2026-06-01T10:00:00Z')
const day = 86_400_000

type Due = Extract<Decision, { readonly act: 'due' }>
type Warn = Extract<Decision, { readonly act: 'warn' }>

function due(more: Partial<Due> = {}): Due {
  const dueFrom = now - day
  return { act: 'due', start: 0, dueFrom, byElse: false, notice: 'none needed', ...more }
}

function warned(more: Partial<Warn> = {}): Warn {
  const [dueFrom, announced] = [now - day, now + 30 * day]
  return { act: 'warn', start: 0, dueFrom, byElse: false, round: 0, step: 0, announced, ...more }
}

function spared(
  reason: Extract<Decision, { readonly act: 'spare' }>['reason'],
  until: number | null = now + day,
): Decision {
  return { act: 'spare', reason, until, dueFrom: now - day, canary: false }
}

describe('whoever enters what a policy does', () => {
  it('is due without a mail before, whyever there was none', () => {
    const notices = ['none needed', 'no address', 'invalid address', 'warned', 'unreachable'] as const
    expect(notices.map((notice) => isEntering(due({ notice })))).to.deep.equal([
      true,
      true,
      true,
      false,
      false,
    ])
  })

  it('or gets the first mail of all', () => {
    const mails = [warned(), warned({ step: 1 }), warned({ round: 1 })]
    expect(mails.map(isEntering)).to.deep.equal([true, false, false])
    expect(isEntering(spared('held'))).to.equal(false)
  })
})

describe('a frozen backlog', () => {
  /** Everything that started before 1 June 2023 at noon; its last term ends on the second, three years later. */
  const edge = Date.parse('2023-06-01T10:00:00Z')
  const lastDue = Date.parse('2026-06-02T00:00:00+02:00')

  function counted(decision: Decision, at = now): readonly number[] {
    const tally = backlogTally(policyOf(), edge)
    noteBacklog(tally, decision, at)
    const { overdue, entering, byElse } = tally?.count ?? { overdue: -1, entering: -1, byElse: -1 }
    return [overdue, entering, byElse]
  }

  it('is none where nothing was frozen', () => {
    expect(backlogTally(policyOf(), null)).to.equal(null)
    noteBacklog(null, due(), now)
  })

  it('ends with the last day on which a term ends that began before its edge', () => {
    expect(backlogTally(policyOf(), edge)?.lastDue).to.equal(lastDue)
    const midnight = Date.parse('2023-06-02T00:00:00+02:00')
    expect(backlogTally(policyOf(), midnight)?.lastDue, 'what starts at the edge is not in it').to.equal(
      lastDue,
    )
    expect(counted(due({ dueFrom: lastDue }), lastDue)).to.deep.equal([1, 1, 0])
    expect(counted(due({ dueFrom: lastDue + 1 }), lastDue + 1)).to.deep.equal([0, 0, 0])
  })

  it('counts who is due, and of them who enters, and by what', () => {
    expect(counted(due())).to.deep.equal([1, 1, 0])
    expect(counted(due({ byElse: true }))).to.deep.equal([1, 1, 1])
    expect(counted(due({ notice: 'warned', byElse: true }))).to.deep.equal([1, 0, 0])
    expect(counted(due({ dueFrom: now }))).to.deep.equal([1, 1, 0])
  })

  it('counts whoever gets a mail before the term as entering, and not as overdue', () => {
    expect(counted(warned({ dueFrom: now + 1 }))).to.deep.equal([0, 1, 0])
    expect(counted(warned({ dueFrom: now }))).to.deep.equal([1, 1, 0])
    expect(counted(warned({ step: 1, byElse: true }))).to.deep.equal([1, 0, 0])
  })

  it('counts of those who stay the ones whose notice runs, or who wait for a day', () => {
    const counts = ['warned, not yet due', 'unreachable', 'invalid address', 'no address', 'held'] as const
    expect(counts.map((reason) => counted(spared(reason))[0])).to.deep.equal([1, 1, 1, 0, 0])
    expect(counted(spared('warned, not yet due'))).to.deep.equal([1, 0, 0])
    expect(counted(spared('unreachable', null)), 'a person decides').to.deep.equal([0, 0, 0])
    expect(counted(spared('given up by other servers', null)), 'the same').to.deep.equal([0, 0, 0])
  })
})
