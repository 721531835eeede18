/** `kill -9` at every named place of the outbox: no mail is lost, and none is another one when it comes twice. */
import { expect } from 'chai'
import { points, type Point } from '../../base/point.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import type { Database } from '../../db/session.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { changesOf, killAt, later, verified } from '../engine/kill.ts'
import { dumpOf, insert, sql } from '../engine/lab.ts'
import { expectSameOwn, runIds } from '../engine/own-state.ts'
import { scriptedServer, type Fault, type ScriptedServer } from './scripted-smtp.ts'
import { warnedSite } from './warned-site.ts'

const start = Date.parse('2026-06-01T10:00:00Z')
const hour = 3_600_000
const day = 24 * hour
/** Due in the last days of June. */
const silent = '2023-06-28 10:00:00'

interface Case {
  /** New silent people of this day. */
  readonly people: number
  /** What the relay does while the day's first run goes on. */
  readonly fault: Fault
  /** The run that is killed finds what one killed here has left. */
  readonly after?: Point
  /** Mails that may arrive a second time: the relay had taken them, and nobody wrote it down. */
  readonly again?: number
  /** Somebody who was warned comes back before the run. */
  readonly returns?: boolean
}

const usual: Case = { people: 3, fault: 'none' }

const cases: Record<(typeof points.outbox)[number], Case> = {
  'warnings cleared': { ...usual, returns: true },
  'mail queued': usual,
  'warning queued': usual,
  'warning committed': usual,
  'claims recovered': { ...usual, after: 'claim committed' },
  'recovery committed': { ...usual, after: 'call marked' },
  'mails claimed': usual,
  'claim committed': usual,
  'call marked': usual,
  'mail sent': { ...usual, again: 1 },
  'mail ended': { ...usual, again: 1 },
  'mail settled': usual,
  'mail postponed': { people: 3, fault: 'RCPT 450' },
  'claims given back': { people: 7, fault: 'greeting closed' },
}

const late = 'the killed one does it six hours later'
/** What differs beside what is random, because a mail of the killed run goes with the next one. */
const mailsLate = {
  oubli_control: { value: late },
  oubli_answer: { answered_at: late },
  oubli_outbox: {
    attempts: 'a call of the relay of which nobody knows the end counts, and the mail goes once more',
    not_before: late,
    give_up_at: late,
    transport_called_at: late,
    accepted_at: late,
    created_at: late,
    ended_at: late,
  },
  oubli_warning: { queued_at: late, accepted_at: late },
}

eachDatabase('a run that is killed in its mails', (open) => {
  const relays: ScriptedServer[] = []
  let both: readonly Installation[] = []
  let killed: Installation
  /** Runs of both before the last one. */
  let earlier: readonly (readonly string[])[] = []
  before(async function () {
    this.timeout(600_000)
    both = await Promise.all(
      [0, 1].map(async (i) => {
        const relay = await scriptedServer()
        relays[i] = relay
        const one = await install(await open(), warnedSite(relay.port), start)
        await addSilent(one.database, 1, 3)
        const seen = await one.oubli(['run'])
        expect(seen.text).to.include('New terms were observed only')
        await one.approve()
        expect((await one.oubli(['run'])).exit).to.equal(0)
        return one
      }),
    )
    killed = both[0] as Installation
  })
  after(async () => {
    for (const one of both) await one.close()
    for (const relay of relays) await relay.close()
  })

  points.outbox.forEach((point, i) => {
    it(`at "${point}"`, async () => {
      const { people, fault, after: first, again = 0, returns = false } = cases[point]
      const now = start + (i + 1) * day
      for (const { database } of both) {
        await addSilent(database, (i + 1) * 100, people)
        if (returns)
          await sql(database, 'UPDATE users SET last_login_at = ? WHERE id = ?', '2026-05-31 10:00:00', 1)
      }
      for (const relay of relays) relay.fault = fault
      let holders = 0
      for (const place of first === undefined ? [point] : [first, point]) {
        await at(now + holders * hour)
        const [signal, plain] = await Promise.all([
          killAt(killed, { point: place, ahead: later(holders) }),
          (both[1] as Installation).oubli(['run']),
        ])
        expect([signal, plain.text.includes('E_')], plain.text).to.deep.equal(['SIGKILL', false])
        holders += 1
      }

      for (const relay of relays) relay.fault = 'none'
      // By now every claim and every wait for another try has ended, and it is still the same day.
      for (const then of [6 * hour, 7 * hour]) {
        await at(now + then)
        earlier = await Promise.all(both.map(({ database }) => runIds(database)))
        for (const one of both) {
          const next = await one.oubli(['run'], { clock: () => Date.now() + later(holders) })
          expect(next.exit, next.text).to.equal(0)
        }
      }
      await same()
      await sameOwn()
      const [taken, plain] = relays.map((relay) => mailsOf(relay))
      expect([...(taken?.keys() ?? [])].sort(), 'who got mail').to.deep.equal(
        [...(plain?.keys() ?? [])].sort(),
      )
      let twice = 0
      for (const copies of taken?.values() ?? []) {
        expect(new Set(copies).size, 'the same bytes').to.equal(1)
        twice += copies.length - 1
      }
      expect(twice, 'mails that came twice').to.equal(again)
      for (const relay of relays) relay.taken.length = 0
    })
  })

  it('erases in the end whom it has warned, and keeps who came back', async () => {
    for (let week = 1; week <= 7; week += 1) {
      await at(start + (14 + 6 * week) * day)
      earlier = await Promise.all(both.map(({ database }) => runIds(database)))
      for (const one of both) {
        const run = await one.oubli(['run'], { clock: () => Date.now() + later(9) })
        expect(run.exit, run.text).to.equal(0)
      }
    }
    await same()
    await sameOwn()
    expect((await dumpOf(killed.database, 'users')).map((row) => row['id'])).to.deep.equal(['1'])
    for (const one of both) expect(await verified(one)).to.match(/^VERIFIED/m)
  })

  async function at(now: number): Promise<void> {
    for (const { database } of both) await setSandboxNow(database, now)
  }

  /** All tables of ours. */
  async function sameOwn(): Promise<void> {
    const [one, other] = both.map(({ database }, i) => [database, earlier[i] ?? []] as const)
    if (one === undefined || other === undefined) throw new Error('two sites')
    await expectSameOwn(one, other, mailsLate)
  }

  async function same(): Promise<void> {
    const [one, other] = await Promise.all(both.map(({ database }) => stateOf(database)))
    for (const part of Object.keys(one ?? {})) expect(one?.[part], part).to.deep.equal(other?.[part])
  }
})

async function stateOf(database: Database): Promise<Readonly<Record<string, unknown>>> {
  const ids = await database.rows({ text: 'SELECT id, key_text FROM oubli_outbox', values: [] })
  const keyOf = new Map(ids.map((row) => [row['id'], row['key_text']]))
  const outbox = await dumpOf(database, 'oubli_outbox')
  return {
    users: await dumpOf(database, 'users'),
    warnings: (await dumpOf(database, 'oubli_warning')).map((row) => [
      row['key_text'],
      row['cycle'],
      row['round'],
      row['step'],
      row['state'],
      String(row['announced']).slice(0, 10),
      keyOf.get(row['outbox_id'] ?? null),
    ]),
    outbox: outbox.map((row) => `${String(row['key_text'])} ${String(row['state'])}`).sort(),
    addresses: outbox.filter((row) => row['address'] !== null || row['message'] !== null),
    leaves: await changesOf(database, ['t', 'as_of', 'cutoff']),
  }
}

/** Copies by Message-ID without what is random in it: by address, as each person gets one mail. */
function mailsOf(relay: ScriptedServer): ReadonlyMap<string, readonly string[]> {
  const mails = new Map<string, string[]>()
  for (const message of relay.taken) {
    const address = /^To: .*?([^\s<]+@mail\.example)/im.exec(message)?.[1] ?? 'nobody'
    mails.set(address, [...(mails.get(address) ?? []), message])
  }
  return mails
}

async function addSilent(database: Database, from: number, people: number): Promise<void> {
  await insert(
    database,
    'users',
    Array.from({ length: people }, (_, n) => ({
      id: from + n,
      email: `u${from + n}@mail.example`,
      first_name: 'Ada',
      last_login_at: silent,
      created_at: '2015-01-01 10:00:00',
    })),
  )
}
