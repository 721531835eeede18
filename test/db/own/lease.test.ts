import { expect } from 'chai'
import { OubliError } from '../../../base/errors.ts'
import { migrate } from '../../../db/migrate.ts'
import { assertFence, beat, leaseHolder, raiseToken, release, takeLease } from '../../../db/own/lease.ts'
import type { Database } from '../../../db/session.ts'
import { eachDatabase, eachServer } from '../../databases.ts'
import { signal } from '../../signal.ts'

const now = Date.parse('2026-01-01T00:00:00.000Z')
const ttlMs = 60_000

async function fenceCode(database: Database, token: bigint): Promise<string> {
  const outcome = database.transaction((tx) => assertFence(tx, 'run', token, database.dialect.shareLock))
  return await outcome.then(
    ({ state }) => state,
    (error: unknown) => (error instanceof OubliError ? error.code : 'another error'),
  )
}

eachDatabase('the lease', (open) => {
  let database: Database
  const take = (owner: string, at: number) => takeLease(database, { name: 'run', owner, now: at, ttlMs })
  beforeEach(async () => {
    database = await open()
    await migrate(database)
  })

  it('belongs to one holder until the heartbeat ends', async () => {
    expect(await take('a', now)).to.deep.equal({ token: 1n })
    expect(await take('b', now + ttlMs - 1)).to.equal(null)
    expect(await leaseHolder(database, 'run', now + ttlMs - 1)).to.equal('a')
    expect(await leaseHolder(database, 'run', now + ttlMs)).to.equal(null)
    expect(await take('b', now + ttlMs)).to.deep.equal({ token: 2n })
  })

  it('is kept by beating, and the beat tells its loss', async () => {
    await take('a', now)
    expect(await beat(database, { name: 'run', owner: 'a', now: now + 50_000, ttlMs })).to.equal(true)
    expect(await take('b', now + ttlMs)).to.equal(null)
    expect(await take('b', now + 50_000 + ttlMs)).to.deep.equal({ token: 2n })
    expect(await beat(database, { name: 'run', owner: 'a', now: now + 120_000, ttlMs })).to.equal(false)
  })

  it('is free at once after a release, but not after one of somebody else', async () => {
    await take('a', now)
    await release(database, { name: 'run', owner: 'b' })
    expect(await take('b', now)).to.equal(null)
    await release(database, { name: 'run', owner: 'a' })
    expect(await take('b', now)).to.deep.equal({ token: 2n })
  })

  it('goes to one only of several who want it at once', async () => {
    const taken = await Promise.all(['a', 'b', 'c', 'd'].map((owner) => take(owner, now)))
    expect(taken.filter((each) => each !== null)).to.have.length(1)
  })

  it('lets no stale holder through', async () => {
    await take('a', now)
    expect(await fenceCode(database, 1n)).to.equal('committed')
    await take('b', now + ttlMs)
    expect(await fenceCode(database, 1n)).to.equal('E_FENCED')
    expect(await fenceCode(database, 2n)).to.equal('committed')
  })

  it('is fenced against a holder who never took it', async () => {
    expect(await fenceCode(database, 1n)).to.equal('E_FENCED')
  })

  it('raises its own token once, and never that of another', async () => {
    await take('a', now)
    expect(await raiseToken(database, 'run', 1n)).to.equal(2n)
    const error = await raiseToken(database, 'run', 1n).catch((thrown: unknown) => thrown)
    expect((error as OubliError).code).to.equal('E_FENCED')
  })
})

eachServer('the lease among row locks', (open) => {
  it('is not taken over while the old holder is inside a destructive transaction', async () => {
    const database = await open()
    await migrate(database)
    await takeLease(database, { name: 'run', owner: 'a', now, ttlMs })
    const order: string[] = []
    const held = signal()
    const old = database.transaction(async (tx) => {
      await assertFence(tx, 'run', 1n, database.dialect.shareLock)
      held.give()
      await new Promise((resolve) => setTimeout(resolve, 400))
      order.push('old holder done')
    })
    await held.given
    const taken = takeLease(database, { name: 'run', owner: 'b', now: now + ttlMs, ttlMs }).then((lease) => {
      order.push('taken over')
      return lease
    })
    expect((await old).state).to.equal('committed')
    expect(await taken).to.deep.equal({ token: 2n })
    expect(order).to.deep.equal(['old holder done', 'taken over'])
  })

  it('raises its token only when its lost transaction has ended', async () => {
    const database = await open()
    await migrate(database)
    await takeLease(database, { name: 'run', owner: 'a', now, ttlMs })
    const order: string[] = []
    const held = signal()
    const old = database.transaction(async (tx) => {
      await assertFence(tx, 'run', 1n, database.dialect.shareLock)
      held.give()
      // Longer than one lock wait of the server.
      await new Promise((resolve) => setTimeout(resolve, 3500))
      order.push('ended')
    })
    await held.given
    const raised = await raiseToken(database, 'run', 1n)
    order.push('raised')
    await old
    expect([raised, order]).to.deep.equal([2n, ['ended', 'raised']])
  })

  it('stays with the old holder whose transaction lasts longer than the lock wait', async () => {
    const database = await open()
    await migrate(database)
    await takeLease(database, { name: 'run', owner: 'a', now, ttlMs })
    const old = await database.transaction(async (tx) => {
      await assertFence(tx, 'run', 1n, database.dialect.shareLock)
      return await takeLease(database, { name: 'run', owner: 'b', now: now + ttlMs, ttlMs })
    })
    expect(old).to.deep.equal({ state: 'committed', value: null })
    expect(await beat(database, { name: 'run', owner: 'a', now: now + ttlMs, ttlMs })).to.equal(true)
  })
})
