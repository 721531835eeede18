/** A backlog whose people were told is there until they go, whatever step their notice is at. */
import { expect } from 'chai'
import { setSandboxNow } from '../../db/server-clock.ts'
import { noteBacklog, type BacklogTally } from '../../engine/backlog.ts'
import type { SpareReason } from '../../plan/decision.ts'
import { approved } from '../approve.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { insert } from '../engine/lab.ts'
import { warnedSite } from '../mail/warned-site.ts'

const day = 86_400_000
const now = Date.parse('2026-06-01T10:00:00Z')

describe('of a backlog', () => {
  function overdue(reason: SpareReason, until: number | null): number {
    const tally: BacklogTally = { edge: now, lastDue: now, count: { overdue: 0, entering: 0, byElse: 0 } }
    noteBacklog(tally, { act: 'spare', reason, until, dueFrom: now - day, canary: false }, now)
    return tally.count.overdue
  }

  it('whoever waits at a step of the notice is left, and who waits for a person is not', () => {
    const steps = [
      'warned, not yet due',
      'accepted, waiting for bounces',
      'warning on its way',
      'deferred for days',
      'our own fault',
    ] as const
    expect(steps.map((reason) => overdue(reason, null))).to.deep.equal([1, 1, 1, 1, 1])
    expect(overdue('unreachable', now + day)).to.equal(1)
    expect(overdue('unreachable', null)).to.equal(0)
    expect(overdue('no address', null)).to.equal(0)
  })
})

eachDatabase('a backlog that is warned', (open) => {
  let site: Installation
  afterEach(() => site.close())

  it('is not done before its people are gone', async () => {
    const mail = {
      ...{ transport: 'files', folder: '../mails', language: 'en' },
      from: { name: 'Site', address: 'notices@site.example' },
    }
    site = await install(await open(), { ...warnedSite(25), mail }, now)
    await insert(
      site.database,
      'users',
      Array.from({ length: 5 }, (_, id) => ({
        ...{ id, email: `u${id}@mail.example`, first_name: 'N' },
        ...{ last_login_at: '2020-01-01 10:00:00', created_at: '2011-01-01 10:00:00' },
      })),
    )
    await site.oubli(['run'])
    await approved(site)
    const left: number[] = []
    for (let days = 0; days <= 42; days += 7) {
      await setSandboxNow(site.database, now + 60_000 + days * day)
      await site.oubli(['run'])
      const said = JSON.parse((await site.oubli(['report', '--json'])).out) as {
        promises: { policies: { backlog: { left: number } | null }[] }[]
      }
      left.push(said.promises[0]?.policies[0]?.backlog?.left ?? -1)
    }
    expect([...left.slice(0, 5), left.at(-1)]).to.deep.equal([5, 5, 5, 5, 5, 0])
  })
})
