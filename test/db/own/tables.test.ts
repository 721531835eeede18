import { expect } from 'chai'
import { keyFromText, shortRef } from '../../../base/subject-ref.ts'
import { migrate } from '../../../db/migrate.ts'
import { approvalsOf, insertApproval, latestApproval } from '../../../db/own/approvals.ts'
import { advanceCursor, dropOtherCursors, readCursor } from '../../../db/own/cursor.ts'
import { insertEntries, insertEntry, insertSeals, insertTexts } from '../../../db/own/entries.ts'
import { addHold, heldKeys, listHolds, releaseHold } from '../../../db/own/holds.ts'
import { takeLease } from '../../../db/own/lease.ts'
import { dropOpening, dropOpeningsOver, insertOpenings, latestOpening } from '../../../db/own/openings.ts'
import { finishRun, insertRun, insertRunPolicy, lastRun, lastRunPolicies } from '../../../db/own/runs.ts'
import { entriesSince } from '../../../db/own/recent-entries.ts'
import { forgetAside, forgetSetAside, listSetAside, setAside } from '../../../db/own/set-aside.ts'
import { claimSlot, finishSlot, latestSlot } from '../../../db/own/slots.ts'
import { inForceTerms, observedRun, observeTerms, putInForce, storedTerms } from '../../../db/own/terms.ts'
import { findTombstones, insertTombstones, tombstonesToTell } from '../../../db/own/tombstones.ts'
import type { Database } from '../../../db/session.ts'
import { eachDatabase } from '../../databases.ts'
import { insert } from '../../engine/lab.ts'

const now = Date.parse('2026-01-01T00:00:00.000Z')
const at = '2026-01-01T00:00:00.000Z'

function id(nr: number): string {
  return String(nr).padStart(32, '0')
}

async function addRun(database: Database, nr: number, job: string, startedAt: string): Promise<void> {
  const run = {
    id: id(nr),
    job,
    slot: null,
    asOf: startedAt,
    toolVersion: '0.1.0',
    fingerprint: null,
    startedAt,
  }
  await insertRun(database, run)
}

eachDatabase('our own table', (open) => {
  let database: Database
  beforeEach(async () => {
    database = await open()
    await migrate(database)
  })

  it('of runs knows the last one, of a job or of any', async () => {
    expect(await lastRun(database)).to.equal(null)
    await addRun(database, 1, 'run', '2026-01-01T00:00:00.000Z')
    await addRun(database, 2, 'warn', '2026-01-02T00:00:00.000Z')
    await finishRun(database, id(1), 'partly', now, 'stopped by a signal')
    expect((await lastRun(database))?.id).to.equal(id(2))
    expect(await lastRun(database, 'run')).to.deep.include({
      id: id(1),
      state: 'partly',
      endedAt: at,
      whyStopped: 'stopped by a signal',
      fingerprint: null,
    })
  })

  it('of runs gives what the last ones found, newest first', async () => {
    for (const nr of [1, 2, 3]) {
      await addRun(database, nr, 'run', `2026-01-0${nr}T00:00:00.000Z`)
      await insertRunPolicy(database, {
        runId: id(nr),
        policy: 'p',
        termsHash: 'h',
        mode: 'enforced',
        due: nr,
        done: 0,
        leftOver: nr * 10,
        warned: 0,
        byElse: 0,
        newlyDue: 0,
        spared: '{}',
      })
    }
    const last = await lastRunPolicies(database, 'p', 2)
    expect(last.map(({ leftOver }) => leftOver)).to.deep.equal([30, 20])
    expect(await lastRunPolicies(database, 'q', 2)).to.deep.equal([])
  })

  it('of entries gives those of a kind since a moment, from the end of the log', async () => {
    const entry = (nr: number, hours: number, kind: string) => ({
      ...{ id: id(nr), runId: id(1), leaf: `{"kind":"${kind}","nr":${nr}}` },
      createdAt: new Date(now + hours * 3_600_000).toISOString(),
    })
    // The first half is a year old; of the second every hundredth is asked for.
    const log = Array.from({ length: 4200 }, (_, nr) =>
      entry(nr, nr < 2100 ? -8766 : nr / 100, nr % 100 === 0 ? 'wanted' : 'other'),
    )
    await insertTexts(database, log.slice(0, -100))
    // The last hundred have their places and are still noted.
    await insertEntries(database, log.slice(-100))
    await insertEntries(database, [
      entry(9000, 50, 'wanted'),
      entry(9001, 20, 'wanted'),
      entry(9002, 50, 'wanted'),
    ])
    await insertSeals(
      database,
      log.map((one, i) => ({ leafIndex: i, entryId: one.id })),
    )
    const found = await entriesSince(database, 'wanted', now + 22 * 3_600_000)
    const numbers = found.map(({ leaf }) => (JSON.parse(leaf) as { nr: number }).nr).sort((a, b) => a - b)
    expect(numbers).to.deep.equal([...Array.from({ length: 20 }, (_, i) => 2200 + i * 100), 9000, 9002])
  })

  it('of slots gives each slot to one', async () => {
    const slot = { job: 'run', slot: at, state: 'claimed' } as const
    const claims = await Promise.all([1, 2, 3, 4].map(() => claimSlot(database, slot)))
    expect(claims.filter(Boolean)).to.have.length(1)
    await finishSlot(database, 'run', at)
    expect(await latestSlot(database, 'run')).to.deep.equal({ slot: at, state: 'done', tries: 0 })
  })

  it('of cursors takes each batch once', async () => {
    const cursor = { runId: id(1), policy: 'p', seq: 1n, clockText: null, keyText: '["1"]' }
    await advanceCursor(database, cursor)
    await advanceCursor(database, { ...cursor, seq: 2n, clockText: '2026-01-01' })
    const again = await database.transaction((tx) =>
      advanceCursor(tx, { ...cursor, seq: 2n, keyText: '["9"]' }),
    )
    expect(again.state).to.equal('rolled back')
    expect(await readCursor(database, id(1), 'p')).to.deep.equal({
      ...cursor,
      seq: 2n,
      clockText: '2026-01-01',
    })
    expect(await readCursor(database, id(2), 'p')).to.equal(null)
    await takeLease(database, { name: 'run', owner: 'a', now: Date.parse(at), ttlMs: 60_000 })
    const fence = { name: 'run', token: 1n }
    await dropOtherCursors(database, id(1), fence)
    expect(await readCursor(database, id(1), 'p')).not.to.equal(null)
    await dropOtherCursors(database, id(2), { ...fence, token: 0n })
    expect(await readCursor(database, id(1), 'p'), 'a lost lease drops nothing').not.to.equal(null)
    await dropOtherCursors(database, id(2), fence)
    expect(await readCursor(database, id(1), 'p')).to.equal(null)
  })

  it('of tombstones keeps the first of a person under each policy', async () => {
    const tombstone = {
      hash: 'a'.repeat(64),
      policy: 'inactive-accounts',
      act: 'erased' as const,
      keyHash: 'c'.repeat(64),
      kind: 'account',
      entryId: id(1),
      erasedAt: at,
    }
    await insertTombstones(database, [tombstone])
    await insertTombstones(database, [{ ...tombstone, entryId: id(2) }])
    expect(await findTombstones(database, ['b'.repeat(64), tombstone.hash])).to.deep.equal([tombstone])
    const before = { ...tombstone, policy: 'coarse', act: 'anonymised' as const, entryId: id(3) }
    await insertTombstones(database, [before, tombstone])
    expect(await findTombstones(database, [tombstone.hash])).to.have.deep.members([tombstone, before])
    expect(await findTombstones(database, [])).to.deep.equal([])
  })

  it('of openings gives the one of the latest entry while its time lasts, and forgets what is over', async () => {
    const day = (nr: number): string => `2026-01-0${nr}T00:00:00.000Z`
    const opening = { entryId: id(1), keyHash: 'c'.repeat(64), sealed: 'first', untilAt: day(9) }
    for (const nr of [1, 2, 3])
      await insertEntry(database, { id: id(nr), runId: id(0), createdAt: day(nr), leaf: 'l' })
    await insertOpenings(database, [
      { ...opening, entryId: id(3), sealed: 'third', untilAt: day(5) },
      opening,
      { ...opening, entryId: id(2), sealed: 'second' },
    ])
    const latest = async (at: string) => (await latestOpening(database, opening.keyHash, at))?.sealed
    expect([await latest(day(4)), await latest(day(5)), await latest(day(9))]).to.deep.equal([
      'third',
      'second',
      undefined,
    ])
    expect(await latestOpening(database, 'd'.repeat(64), at)).to.equal(null)
    expect(await dropOpeningsOver(database, day(4), 500)).to.equal(0)
    expect(await dropOpeningsOver(database, day(5), 500)).to.equal(1)
    await dropOpening(database, id(2))
    expect(await latest(day(4))).to.equal('first')
    const many = Array.from({ length: 450 }, (_, nr) => ({ ...opening, entryId: id(100 + nr) }))
    await insertOpenings(database, many)
    expect(await dropOpeningsOver(database, day(9), 400)).to.equal(400)
    expect(await dropOpeningsOver(database, day(9), 400)).to.equal(51)
  })

  it('of tombstones tells the oldest first, once their entries have a place', async () => {
    const days = [4, 1, 3, 2, 5]
    const tombstones = days.map((day) => ({
      ...{ hash: String(9 - day).repeat(64), policy: 'p', act: 'erased' as const, keyHash: 'c'.repeat(64) },
      ...{ kind: 'account', entryId: id(day), erasedAt: `2026-01-0${day}T00:00:00.000Z` },
    }))
    await insertTombstones(database, tombstones)
    for (const day of days)
      await insertEntry(database, { id: id(day), runId: id(0), createdAt: at, leaf: 'l' })
    await insertSeals(
      database,
      [5, 4, 3, 1].map((day, leafIndex) => ({ leafIndex, entryId: id(day) })),
    )
    const told = await tombstonesToTell(database, 3)
    expect(told.map(({ erasedAt }) => erasedAt.slice(8, 10))).to.deep.equal(['01', '03', '04'])
    await insertTombstones(database, [{ ...tombstones[0]!, hash: '9'.repeat(64) }], true)
    expect(await tombstonesToTell(database, 10)).to.have.length(4)
  })

  it('of holds covers a key until the hold is released, and only that key', async () => {
    const hold = {
      id: id(1),
      kind: 'account',
      keyText: '["a"]',
      matter: 'm',
      because: 'b',
      setBy: 'dpo',
      setAt: at,
      reviewBy: '2026-06-01',
    }
    await addHold(database, hold)
    await addHold(database, { ...hold, id: id(2) })
    const many = Array.from({ length: 450 }, (_, nr) => `["${nr}"]`)
    expect([...(await heldKeys(database, 'account', [...many, '["a"]', '["A"]']))]).to.deep.equal(['["a"]'])
    expect((await heldKeys(database, 'order', ['["a"]'])).size).to.equal(0)
    expect((await heldKeys(database, 'account', [])).size).to.equal(0)
    expect(await releaseHold(database, id(1), 'dpo', at)).to.equal(true)
    expect(await releaseHold(database, id(1), 'dpo', at)).to.equal(false)
    expect((await heldKeys(database, 'account', ['["a"]'])).size).to.equal(1)
    expect((await listHolds(database, true)).map((each) => each.id)).to.deep.equal([id(2)])
    expect(await listHolds(database, false)).to.have.length(2)
  })

  it('of terms knows who observed first and what was put in force last', async () => {
    const seen = { policy: 'p', termsHash: 'h1', terms: '{"a":"1"}', run: id(1), at }
    await observeTerms(database, seen)
    await observeTerms(database, { ...seen, run: id(2) })
    expect(await observedRun(database, 'p', 'h1')).to.equal(id(1))
    expect(await observedRun(database, 'p', 'h2')).to.equal(null)
    expect(await inForceTerms(database, 'p')).to.equal(null)
    await observeTerms(database, { ...seen, termsHash: 'h2', terms: '{"a":"2"}' })
    await putInForce(database, 'p', 'h1', at)
    await putInForce(database, 'p', 'h2', '2026-01-02T00:00:00.000Z')
    expect(await inForceTerms(database, 'p')).to.deep.equal({ hash: 'h2', terms: { a: '2' } })
  })

  it('of terms adds what an earlier version did not note, and keeps who observed them', async () => {
    const seen = { policy: 'p', termsHash: 'h1', terms: '{"a":"1"}', run: id(1), at }
    await observeTerms(database, seen)
    await observeTerms(database, { ...seen, policy: 'q' })
    await putInForce(database, 'p', 'h1', at)
    await observeTerms(database, { ...seen, run: id(2), terms: '{"a":"1","b":"2"}' })
    expect(await inForceTerms(database, 'p')).to.deep.equal({ hash: 'h1', terms: { a: '1', b: '2' } })
    expect(await observedRun(database, 'p', 'h1')).to.equal(id(1))
    expect(await storedTerms(database, 'q', 'h1')).to.deep.equal({ a: '1' })
    expect(await storedTerms(database, 'q', 'h2')).to.equal(null)
  })

  it('of approvals gives the newest that has not expired', async () => {
    const later = '2026-01-01T00:00:00.001Z'
    const approval = {
      id: id(1),
      fingerprint: 'f',
      approvedAt: at,
      expiresAt: '2026-01-08T00:00:00.000Z',
      approvedBy: null,
      counts: { p: 3 },
      enforcement: null,
    }
    await insertApproval(database, approval)
    const end = Date.parse(approval.expiresAt)
    await insertApproval(database, { ...approval, id: id(2), approvedAt: later, counts: { q: 5 } })
    const found = { id: id(1), approvedAt: Date.parse(at), most: 3 }
    expect(await latestApproval(database, 'f', 'p', end - 1), 'a later one of others').to.deep.equal(found)
    expect(await latestApproval(database, 'f', 'q', end - 1)).to.include({ id: id(2), most: 5 })
    expect(await latestApproval(database, 'f', 'r', end - 1)).to.equal(null)
    expect(await latestApproval(database, 'f', 'p', end)).to.equal(null)
    expect(await latestApproval(database, 'g', 'p', now)).to.equal(null)
  })

  it('of approvals takes the last word of one instant, whatever its id', async () => {
    const words = { fingerprint: 'f', approvedAt: at, approvedBy: null, enforcement: null }
    for (const [most, nr] of [5, 9, 1, 7, 3].entries())
      await insertApproval(database, {
        ...{ ...words, id: id(nr), expiresAt: '2026-01-08T00:00:00.000Z', counts: { p: most } },
      })
    expect(await latestApproval(database, 'f', 'p', now)).to.include({ id: id(3), most: 4 })
    const all = await approvalsOf(database, 'p', 10)
    expect(all.map(({ counts }) => counts['p'])).to.deep.equal([4, 3, 2, 1, 0])
  })

  it('of rows set aside counts attempts from the first on', async () => {
    await addRun(database, 1, 'run', '2026-01-01T00:00:00.000Z')
    await addRun(database, 2, 'run', '2026-01-02T00:00:00.000Z')
    const row = { policy: 'p', kind: 'account', keyText: '["1"]', code: 'ER_X', run: id(1), since: at }
    await setAside(database, row)
    await setAside(database, { ...row, code: 'ER_Y', run: id(2) })
    const told = { policy: 'p', kind: 'account', keyText: '["1"]', attempts: 2, code: 'ER_Y', run: id(2) }
    expect(await listSetAside(database, 'failed')).to.deep.equal({ rows: [told], count: 1 })
    expect(await listSetAside(database, 'busy')).to.deep.equal({ rows: [], count: 0 })
    await forgetSetAside(database, 'account', ['["1"]'])
    expect(await listSetAside(database, 'failed')).to.deep.equal({ rows: [], count: 0 })
  })

  it('of rows set aside gives a thousand of each sort and how many there are', async () => {
    const rows = (sort: string, code: string, attempts: number) =>
      Array.from({ length: 1003 }, (_, nr) => ({
        ...{ policy: 'p', kind: 'account', key_text: `["${sort}${nr}"]`, attempts },
        ...{ last_code: code, since: at, run_id: id(1) },
      }))
    await insert(database, 'oubli_set_aside', [
      ...rows('a', 'count', 1),
      ...rows('b', 'busy', 3),
      ...rows('c', 'busy', 2),
    ])
    for (const [which, codes] of [
      ['failed', 'count'],
      ['busy', 'busy'],
    ] as const) {
      const found = await listSetAside(database, which)
      expect([found.rows.length, found.count]).to.deep.equal([1000, 1003])
      expect(new Set(found.rows.map(({ code, attempts }) => [code, attempts].join())).size).to.equal(1)
      expect(found.rows[0]?.code).to.equal(codes)
    }
  })

  it('of rows set aside holds a key that is too long by its beginning, each apart, and forgets it by the whole', async () => {
    const long = ['a', 'b'].map((end) => JSON.stringify([`https://site.example/${'x'.repeat(580)}${end}`]))
    for (const keyText of long)
      for (const nr of [1, 2])
        await setAside(database, {
          ...{ policy: 'p', kind: 'account', keyText, code: 'ER_X', run: id(nr), since: at },
        })
    const { rows } = await listSetAside(database, 'failed')
    expect(rows.map(({ attempts }) => attempts)).to.deep.equal([2, 2])
    expect(new Set(rows.map(({ keyText }) => keyText)).size).to.equal(2)
    for (const { keyText } of rows) {
      expect(keyText).to.match(/^\["\[\\"https:\/\/site\.example\/x+… [0-9a-f]{64}"\]$/)
      expect(keyText.length).to.be.at.most(500)
    }
    const secret = new Uint8Array(32)
    const refs = (texts: readonly string[]) =>
      texts.map((text) => shortRef(secret, 'account', keyFromText(text))).sort()
    expect(refs(rows.map(({ keyText }) => keyText))).to.deep.equal(refs(long))
    await forgetAside(database, 'p', 'account', long.slice(0, 1))
    expect(await listSetAside(database, 'failed')).to.include({ count: 1 })
    await forgetSetAside(database, 'account', long)
    expect(await listSetAside(database, 'failed')).to.include({ count: 0 })
  })
})
