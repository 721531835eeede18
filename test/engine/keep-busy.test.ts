/** Rows that the site holds locked in run after run. */
import { expect } from 'chai'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { shortRef, type Key } from '../../base/subject-ref.ts'
import { openDatabase } from '../../db/connect.ts'
import { migrate } from '../../db/migrate.ts'
import { listSetAside, setAside } from '../../db/own/set-aside.ts'
import type { Database } from '../../db/session.ts'
import { keepBusy } from '../../engine/keep-busy.ts'
import { cast } from '../../db/sample-shop/cast.ts'
import { createLab as createShop } from '../cli/lab.ts'
import { databaseUrlSettings, eachDatabase, eachServer } from '../databases.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { asOf, createLab, due, fresh, insert, sql, type Lab } from './lab.ts'
import { approved } from '../approve.ts'

/** Somebody works on these people while `work` goes on. */
async function whileLocked<T>(site: Database, ids: readonly number[], work: () => Promise<T>): Promise<T> {
  const outcome = await site.transaction(async (tx) => {
    // One by one: a list would scan so small a table, and lock all of it.
    for (const id of ids)
      await tx.rows({ text: 'SELECT id FROM users WHERE id = ? FOR UPDATE', values: [id] })
    return await work()
  })
  if (outcome.state !== 'committed') throw outcome.error
  return outcome.value
}

eachServer('people who are busy in run after run', (open) => {
  let lab: Lab
  let site: Database
  const refOf = (id: number): string => shortRef(lab.ports.secret, 'account', [String(id)])

  beforeEach(async () => {
    lab = await createLab(await open(), {
      tables: [
        'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(80) NOT NULL, seen_at DATETIME NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
      ],
      kinds: [
        kind('account', 'users', {
          subject: true,
          events: { seen: event([at('seen_at')]) },
          personal: { email: { strategy: 'unique_address' } },
        }),
      ],
      policies: [policy('account', { then: 'anonymise' })],
    })
    site = await openDatabase(databaseUrlSettings(lab.database).settings)
    const seen = (id: number): string => due.replace('01-01', `01-0${id}`)
    await insert(
      lab.database,
      'users',
      [1, 2, 3, 4, 5].map((id) => ({ id, email: `u${id}@mail.example`, seen_at: seen(id) })),
    )
  })
  afterEach(() => site.close())

  const locked = (ids: readonly number[], items?: number) => whileLocked(site, ids, () => lab.run('p', items))

  it('are told by reference in the third run, and forgotten when they are done', async () => {
    expect(await locked([2, 3])).to.deep.include({ done: 3, busy: 2, oftenBusy: [] })
    expect(await locked([2, 3])).to.deep.include({ done: 0, busy: 2, oftenBusy: [] })
    expect((await listSetAside(lab.database, 'busy')).count, 'not yet').to.equal(0)
    const third = await locked([2, 3])
    expect(third.oftenBusy).to.have.deep.members([2, 3].map((id) => ({ ref: refOf(id), runs: 3 })))
    expect(JSON.stringify(third)).not.to.contain('mail.example')
    const { rows } = await listSetAside(lab.database, 'busy')
    expect(rows.map(({ attempts, code }) => [attempts, code])).to.deep.equal([
      [3, 'busy'],
      [3, 'busy'],
    ])
    expect(await locked([3])).to.deep.include({ done: 1, busy: 1, oftenBusy: [{ ref: refOf(3), runs: 4 }] })
    expect(await lab.run()).to.deep.include({ done: 1, busy: 0, oftenBusy: [] })
    expect(await lab.rows('oubli_set_aside')).to.deep.equal([])
  })

  it('hold up nobody else of their batch', async () => {
    // In a table of some size: the server goes through all of a small one, and meets who is locked.
    const others = Array.from({ length: 300 }, (_, i) => ({ id: 100 + i, email: 'x', seen_at: fresh }))
    await insert(lab.database, 'users', others)
    const ends: string[] = []
    lab.pace = { ...lab.pace, took: ({ end }) => void ends.push(end) }
    expect(await locked([2])).to.include({ done: 4, busy: 1 })
    expect(ends, 'all, and the one in the sweep').to.deep.equal(['committed', 'committed'])
  })

  it('count from one again after a run that did not find them busy', async () => {
    await locked([1])
    await locked([1])
    await sql(lab.database, 'UPDATE users SET seen_at = ? WHERE id = 1', fresh)
    await lab.run()
    await sql(lab.database, 'UPDATE users SET seen_at = ? WHERE id = 1', due)
    expect(await locked([1])).to.deep.include({ busy: 1, oftenBusy: [] })
    expect((await lab.rows('oubli_set_aside')).map((row) => Number(row['attempts']))).to.deep.equal([1])
  })

  it('stay remembered when a slice ends before their turn, unless they were done in it', async () => {
    await locked([1, 5], 1)
    await locked([1, 5])
    const attempts = async (): Promise<readonly (readonly unknown[])[]> =>
      (await lab.rows('oubli_set_aside')).map((row) => [row['key_text'], Number(row['attempts'])])
    expect(await attempts()).to.deep.equal([
      ['["1"]', 2],
      ['["5"]', 1],
    ])
    expect(await lab.run('p', 1)).to.include({ done: 1, stopped: 'slice' })
    expect(await attempts()).to.deep.equal([['["5"]', 1]])
  })

  it('count only where the last pass came to them, when the slice ends in it', async () => {
    for (const run of ['r1', 'r2'])
      for (const id of [1, 2])
        await setAside(lab.database, {
          ...{ policy: 'p', kind: 'account', keyText: `["${id}"]`, code: 'busy' },
          ...{ run, since: '2026-11-23T10:00:00.000Z' },
        })
    let free = (): void => undefined
    const freed = new Promise<void>((resolve) => (free = resolve))
    let outcome: Promise<unknown> = Promise.resolve()
    let done = 0
    const site1 = whileLocked(site, [1, 2], async () => {
      const { turn, took } = lab.pace
      lab.pace = {
        ...lab.pace,
        took: (one) => {
          done += one.done ?? 0
          took(one)
        },
        turn: async () => {
          if (done === 3) {
            free()
            await site1
          }
          return await turn()
        },
      }
      outcome = lab.run('p', 4)
      await Promise.race([freed, outcome])
    })
    await site1
    // The first pass does 3, 4 and 5; of those who were busy in it the slice has room for one.
    expect(await outcome).to.deep.include({ done: 4, busy: 1, stopped: 'slice', oftenBusy: [] })
    const left = await lab.rows('oubli_set_aside')
    expect(left.map((row) => [row['key_text'], Number(row['attempts'])])).to.deep.equal([['["2"]', 2]])
  })

  it('are told by the run and by `oubli status`, in both languages', async () => {
    const shop = await createShop(await open())
    try {
      await shop.oubli(['migrate'])
      await shop.oubli(['run'])
      await approved(shop)
      const own = await openDatabase(databaseUrlSettings(shop.database).settings)
      const night = () => whileLocked(own, [cast.gil.id], () => shop.oubli(['run', '--only', 'purge']))
      const first = await night()
      expect(first.out).not.to.match(/three runs/)
      expect(first.exit).to.equal(0)
      await night()
      const said = await night()
      await own.close()
      // Three sessions hang on the person, whose restriction nobody can look at meanwhile.
      const [, refs = ''] = /^Locked by the site in three runs or more: (.*)\.$/m.exec(said.out) ?? []
      const all = refs.split(', ')
      expect(all.map((one) => one.replace(/#[0-9a-f]{12}$/, '')).sort(), said.out).to.deep.equal([
        'account',
        ...Array.from({ length: 3 }, () => 'session'),
      ])
      const ref = all.find((one) => one.startsWith('account'))
      expect(said.exit).to.equal(3)
      expect(said.out).to.match(/why stopped: 4 row\(s\) busy in three runs or more/)
      for (const [argv, words] of [
        [['status'], 'three runs or more: '],
        [['status', '--lang', 'fr'], 'trois exécutions ou plus\u00a0: '],
      ] as const)
        expect((await shop.oubli(argv)).out)
          .to.contain(words)
          .and.contain(ref)
      const json = (await shop.oubli(['status', '--json'])).out
      const { setAside } = JSON.parse(json) as { setAside: readonly unknown[] }
      expect(setAside).to.have.length(4)
      expect(setAside).to.deep.include({ policy: 'terminated-accounts', ref, attempts: 3, code: 'busy' })
      const log = await readFile(join(shop.folder, 'oubli.log'), 'utf8')
      const lines = log
        .split('\n')
        .filter((line) => line.includes('"row.busy"') && line.includes('terminated-accounts'))
      expect(lines).to.have.length(1)
      expect(JSON.parse(lines[0] ?? '{}')).to.include({
        ...{ level: 'warn', policy: 'terminated-accounts', row: ref, runs: 3 },
      })
    } finally {
      await shop.close()
    }
  })
})

eachDatabase('what is set aside', (open) => {
  it('counts runs in a row of one sort, busy or failed', async () => {
    const database = await open()
    await migrate(database)
    const told: (readonly [string, number])[] = []
    for (const [run, code] of ['busy', 'busy', 'count', 'too heavy', 'busy'].entries()) {
      await setAside(database, {
        ...{ policy: 'p', kind: 'account', keyText: '["1"]', code },
        ...{ run: `r${run}`, since: '2026-11-23T10:00:00.000Z' },
      })
      const [row] = await database.rows({
        text: 'SELECT last_code, attempts FROM oubli_set_aside',
        values: [],
      })
      told.push([String(row?.['last_code']), Number(row?.['attempts'])])
    }
    expect(told).to.deep.equal([
      ['busy', 1],
      ['busy', 2],
      ['count', 1],
      ['too heavy', 2],
      ['busy', 1],
    ])
  })
})

eachDatabase('what a run remembers of those it could not do', (open) => {
  const told = async (lab: Lab): Promise<readonly string[]> =>
    (await lab.rows('oubli_set_aside')).map((row) =>
      [row['key_text'], row['last_code'], row['attempts']].map(String).join(' '),
    )
  async function labWith(
    earlier: Readonly<Record<number, readonly [code: string, runs: number]>>,
  ): Promise<Lab> {
    const lab = await createLab(await open(), {
      tables: [
        'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
      ],
      kinds: [kind('account', 'users', { subject: true, events: { seen: event([at('seen_at')]) } })],
    })
    await insert(
      lab.database,
      'users',
      [1, 2, 3].map((id) => ({ id, seen_at: id === 3 ? fresh : due })),
    )
    for (const [id, [code, runs]] of Object.entries(earlier))
      for (let nr = 1; nr <= runs; nr += 1)
        await setAside(lab.database, {
          ...{ policy: 'p', kind: 'account', keyText: `["${id}"]`, code },
          ...{ run: `r${nr}`, since: '2026-11-23T10:00:00.000Z' },
        })
    return lab
  }
  const keep = (lab: Lab, busyKeys: readonly Key[], stopped: string | null) =>
    keepBusy(lab.ports, lab.policy(), { run: 'now', asOf }, { busyKeys, stopped })

  it('is as before where the run was stopped, as it has not tried everybody twice', async () => {
    const lab = await labWith({ 1: ['busy', 4], 3: ['count', 1] })
    expect(await keep(lab, [['2']], 'time is up')).to.deep.equal([])
    expect(await told(lab)).to.have.members(['["1"] busy 4', '["3"] count 1'])
  })

  it('is whom this run met, where it has tried all', async () => {
    const lab = await labWith({ 1: ['busy', 2], 2: ['busy', 2], 3: ['count', 1] })
    const ref = shortRef(lab.ports.secret, 'account', ['1'])
    expect(await keep(lab, [['1']], null)).to.deep.equal([{ ref, runs: 3 }])
    expect(await told(lab)).to.deep.equal(['["1"] busy 3'])
  })

  it('is also who is still due, where it has tried as many as its slice held', async () => {
    const lab = await labWith({ 1: ['busy', 2], 2: ['count', 2], 3: ['busy', 2], 4: ['busy', 2] })
    expect(await keep(lab, [], 'slice')).to.deep.equal([])
    expect(await told(lab)).to.have.members(['["1"] busy 2', '["2"] count 2'])
  })

  it('is told as busy only where it was busy', async () => {
    const lab = await labWith({ 1: ['busy', 3], 2: ['count', 3] })
    await sql(lab.database, "UPDATE oubli_set_aside SET run_id = 'now' WHERE policy = 'p'")
    const ref = shortRef(lab.ports.secret, 'account', ['1'])
    expect(await keep(lab, [], null)).to.deep.equal([{ ref, runs: 3 }])
    expect(await told(lab)).to.have.members(['["1"] busy 3', '["2"] count 3'])
  })
})
