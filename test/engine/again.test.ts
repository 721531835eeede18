/** Who came back with a backup goes again: told apart by identity, kept by what keeps today, asked nothing else. */
import { expect } from 'chai'
import { keyText, tombstoneOf } from '../../base/subject-ref.ts'
import { addHold } from '../../db/own/holds.ts'
import { applyAgain, askAfterAgain, lookAgain, type Found } from '../../engine/again.ts'
import { steadyPace } from '../../engine/pace.ts'
import { newTally, type Tally } from '../../engine/tally.ts'
import { eachDatabase } from '../databases.ts'
import { policy } from '../plan/site-builder.ts'
import { asOf, createLab, fresh, insert, sql, type Lab } from './lab.ts'
import { account, left } from './shape.ts'

const born = (id: number): string => `2015-01-0${id} 10:00:00`
const everybody = [1, 2, 3, 4, 5, 6]

eachDatabase('people who came back with a backup', (open) => {
  let lab: Lab
  let seq = 0n
  beforeEach(async () => {
    lab = await createLab(await open(), {
      tables: [
        'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(190) NULL, status VARCHAR(20) NULL, born_at DATETIME NOT NULL, seen_at DATETIME NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
      ],
      kinds: [
        account('users', {
          identity: ['id', 'born_at'],
          restricted: { status: ['locked'] },
          personal: { email: { strategy: 'null' } },
        }),
      ],
      policies: [policy('account'), policy('account', { id: 'names', then: 'anonymise' })],
      map: { canaries: { account: { status: ['canary'] } } },
    })
    // None of them would be due by the dates of today.
    const row = (id: number) => ({ id, email: 'x', born_at: born(id), seen_at: id === 2 ? null : fresh })
    await insert(lab.database, 'users', everybody.map(row))
  })

  const person = (id: number): string =>
    tombstoneOf(lab.ports.secret, { kind: 'account', key: [String(id)], identity: [String(id), born(id)] })
  const hold = async (id: number): Promise<void> => {
    const outcome = await lab.database.transaction((tx) =>
      addHold(tx, {
        ...{ id: `h${id}`, kind: 'account', keyText: keyText([String(id)]), matter: 'm', because: 'x' },
        ...{ setBy: 'DPO', setAt: '2026-05-01T10:00:00.000Z', reviewBy: '2027-01-01' },
      }),
    )
    expect(outcome.state).to.equal('committed')
  }
  const look = async (
    ids: readonly number[] = everybody,
    name = 'p',
    departed = asOf - 1,
  ): Promise<readonly Found[]> => {
    const persons = new Map(
      ids.map((id) => [keyText([String(id)]), { key: [String(id)], person: person(id), departed }]),
    )
    return await lookAgain(lab.ports, lab.database, lab.policy(name), persons)
  }
  const told = (found: readonly Found[]) =>
    found.map(({ key, standing, canary }) => `${key.join()} ${standing}${canary ? ' canary' : ''}`)

  async function apply(
    found: readonly Found[],
    pace: Partial<ReturnType<typeof steadyPace>> = {},
    name = 'p',
  ): Promise<{ readonly total: Tally; readonly asked: readonly (number | undefined)[] }> {
    const asked: (number | undefined)[] = []
    const writer = {
      pace: {
        ...{ ...steadyPace(2, () => null), ...pace },
        took: (one: { asked?: number }) => void asked.push(one.asked),
      },
      cursor: 'replay',
      nextSeq: () => (seq += 1n),
    }
    const total = newTally()
    const place = { run: 'a'.repeat(32), asOf, lease: lab.lease }
    await applyAgain(lab.ports, lab.policy(name), place, found, writer, total)
    return { total, asked }
  }

  it('are found by key and identity; each is told with what keeps it', async () => {
    await sql(lab.database, "UPDATE users SET status = 'locked' WHERE id IN (3, 4)")
    await sql(lab.database, "UPDATE users SET status = 'canary' WHERE id = 5")
    await hold(2)
    await hold(4)
    // Somebody else was given the number since, and one is not there.
    await sql(lab.database, 'UPDATE users SET born_at = ? WHERE id = 6', '2026-05-01 10:00:00')
    const found = await look([...everybody, 99])
    expect(told(found)).to.have.members(['1 again', '2 held', '3 restricted', '4 held', '5 again canary'])
    for (const one of found) expect(one.person).to.equal(person(Number(one.key[0])))
    expect(told(await look([2, 3]))).to.have.members(['2 held', '3 restricted'])
    expect(await look([])).to.deep.equal([])
  })

  it('go in batches of the pace, whatever their dates say, and only those whom nothing keeps', async () => {
    await hold(4)
    const { total, asked } = await apply(await look())
    expect(asked).to.deep.equal([2, 2, 1])
    expect(total).to.deep.include({ done: 5, entered: 0, busy: 0, setAside: [], stopped: null })
    expect(await left(lab, 'users', 'id')).to.deep.equal(['4'])
    expect(await lab.rows('oubli_tombstone')).to.have.length(5)
    expect(await lab.rows('oubli_entry')).to.have.length(5)
  })

  it('are asked after once they went: one who is back by then is told, and of nobody nothing', async () => {
    const place = { run: 'a'.repeat(32), asOf, lease: lab.lease }
    const { total } = await apply(await look([1, 3]))
    const ask = async ({ sample }: Pick<Tally, 'sample'>) =>
      await askAfterAgain(lab.ports, lab.policy(), place, sample)
    expect(await ask(total)).to.deep.equal({ asked: 2, left: { users: 0 } })
    await insert(lab.database, 'users', [{ id: 3, email: 'x', born_at: born(3), seen_at: fresh }])
    expect(await ask(total)).to.deep.equal({ asked: 2, left: { users: 1 } })
    expect(await ask(newTally())).to.equal(null)
    // A mark of a run before this one does not say that this one has done it.
    const { sample } = (await apply(await look([5], 'names'), {}, 'names')).total
    for (const [at, users] of [
      [asOf, 0],
      [asOf + 1, 1],
    ] as const)
      expect(
        await askAfterAgain(lab.ports, lab.policy('names'), { ...place, asOf: at }, sample),
      ).to.deep.equal({
        ...{ asked: 1, left: { users } },
      })
  })

  it('are told apart again under the lock: who is kept or is somebody else by then stays', async () => {
    const found = await look()
    await hold(1)
    await sql(lab.database, "UPDATE users SET status = 'locked' WHERE id = 2")
    await sql(lab.database, 'UPDATE users SET born_at = ? WHERE id = 3', '2026-05-01 10:00:00')
    await sql(lab.database, 'DELETE FROM users WHERE id IN (5, 6)')
    const { total, asked } = await apply(found)
    expect(asked).to.deep.equal([2, 2, 2])
    expect(total).to.deep.include({ done: 1, busy: 0, setAside: [], stopped: null })
    expect(await left(lab, 'users', 'id')).to.deep.equal(['1', '2', '3'])
    expect(await lab.rows('oubli_entry')).to.have.length(1)
  })

  it('wait for the pace before each batch, and stay once it has a word', async () => {
    const found = await look()
    let turns = 0
    const turn = () => Promise.resolve((turns += 1) < 3 ? null : 'time is up')
    const { total } = await apply(found, { turn })
    expect(total).to.include({ done: 4, stopped: 'time is up' })
    expect(turns).to.equal(3)
    expect(await left(lab, 'users', 'id')).to.have.length(2)
    const none = await apply([], { turn: () => Promise.resolve('never asked') })
    expect(none.total.stopped).to.equal(null)
  })

  it('are found as long as the policy is not done with them', async () => {
    expect(told(await look([1, 2], 'names'))).to.have.members(['1 again', '2 again'])
    const { total } = await apply(await look([1, 2], 'names'), {}, 'names')
    expect(total).to.include({ done: 2, busy: 0 })
    expect(await look([1, 2], 'names')).to.deep.equal([])
    const rows = await lab.rows('users')
    expect(rows.filter((row) => row['email'] === null).map((row) => row['id'])).to.have.members(['1', '2'])
  })

  it('are found when they were marked before they went, and stay when they came back since', async () => {
    await apply(await look([1, 2], 'names'), {}, 'names')
    const changed = "UPDATE users SET email = 'new', seen_at = ? WHERE id = 1"
    await sql(lab.database, changed, '2026-06-02 10:00:00')
    expect(await look([1, 2], 'names'), 'whatever the clock says by now').to.deep.equal([])
    expect(await look([1, 2], 'names', asOf)).to.deep.equal([])
    const again = await look([1, 2], 'names', asOf + 1)
    expect(told(again)).to.have.members(['1 again', '2 again'])
    // Marked by somebody else until they are locked.
    const others = again.map((one) => ({ ...one, departed: asOf }))
    expect((await apply(others, {}, 'names')).total.done).to.equal(0)
    expect((await apply(again, {}, 'names')).total.done).to.equal(2)
  })
})
