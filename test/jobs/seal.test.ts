import { expect } from 'chai'
import { readdir } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { OubliError } from '../../base/errors.ts'
import { checkpointText } from '../../audit/checkpoint.ts'
import { ledgerFile } from '../../audit/ledger.ts'
import { entryText } from '../../audit/entry-text.ts'
import { leafHash } from '../../audit/merkle.ts'
import { signNote } from '../../audit/note.ts'
import { readTile, tilePath } from '../../audit/tiles.ts'
import { insertCheckpoint, unsignedCount } from '../../db/own/checkpoints.ts'
import { insertEntries, leavesOf } from '../../db/own/entries.ts'
import { insertTombstones } from '../../db/own/tombstones.ts'
import type { Disk } from '../../config/disk.ts'
import { DatabaseError } from '../../db/database-error.ts'
import { guardBacklog } from '../../jobs/backlog.ts'
import { seal } from '../../jobs/seal.ts'
import { personEntry } from '../audit/sample-log.ts'
import { eachDatabase } from '../databases.ts'
import { frailDisk, type FrailDisk } from './frail-disk.ts'
import { openSealing, unseal, type Sealing } from './sealing.ts'

eachDatabase('the sealer', (open) => {
  let sealing: Sealing
  let disk: FrailDisk
  let folder = ''
  beforeEach(async () => {
    sealing = await openSealing(await open())
    disk = frailDisk()
    folder = sealing.ctx.settings.evidence.folder
  })
  afterEach(() => sealing.close())

  const run = (text: string, ...values: string[]) => sealing.ctx.database.run({ text, values })
  const rowsOf = async (text: string, ...values: string[]) =>
    (await sealing.ctx.database.rows({ text, values })).map((row) => String(row['id']))
  const leafOf = async (id: string): Promise<string> =>
    (await leavesOf(sealing.ctx.database, [id])).get(id) ?? ''
  /** In the place of what is there. */
  const write = async (path: string, bytes: Uint8Array): Promise<void> => {
    await disk.remove(`${folder}/${path}`)
    const file = await disk.create(`${folder}/${path}`)
    await file.write(bytes)
  }
  /** A checkpoint that our key signed over another log. */
  const recordAnother = async (size: number): Promise<void> => {
    const { database, signingKey: key } = sealing.ctx
    if (key === null) throw new Error('no key')
    const note = signNote(checkpointText({ origin: key.name, size, root: leafHash('another') }), key)
    await run('DELETE FROM oubli_checkpoint WHERE size >= 0')
    await insertCheckpoint(database, { size, note, at: '2026-06-01T10:00:00.000Z' })
  }
  const refused = async (): Promise<string> => {
    const error = await sealing.seal(disk).catch((thrown: unknown) => thrown)
    if (!(error instanceof OubliError)) throw new Error(`it sealed: ${String(error)}`)
    return `${error.code} ${error.message}`
  }

  it('leaves the files that C2SP tlog-tiles names, and takes the partial ones away once they are full', async () => {
    await sealing.put(0, 300)
    await sealing.seal(disk)
    const names = (path: string) => disk.list(`${folder}/${path}`)
    expect([...(await names('tile'))].sort()).to.deep.equal(['0', '1', 'entries'])
    expect([...(await names('tile/0'))].sort()).to.deep.equal(['000', '001.p'])
    expect(await names('tile/0/001.p')).to.deep.equal(['44'])
    expect(await names('tile/entries/001.p')).to.deep.equal(['44'])
    await sealing.put(300, 310)
    await sealing.seal(disk)
    expect([...(await names('tile/0/001.p'))].sort()).to.deep.equal(['44', '54'])
    await sealing.put(310, 512)
    await sealing.seal(disk)
    expect([...(await names('tile/0'))].sort()).to.deep.equal(['000', '001'])
    expect([...(await names('tile/1/000.p'))].sort()).to.deep.equal(['1', '2'])
    expect((await sealing.verify(disk)).state).to.equal('verified')
  })

  it('does nothing the second time', async () => {
    await sealing.put(0, 5)
    await sealing.seal(disk)
    disk.arm(null)
    expect(await sealing.seal(disk)).to.equal(5)
    expect([disk.count('create'), disk.count('rename')]).to.deep.equal([0, 0])
  })

  it('reads and writes as much for the next entry whether the log is short or long', async () => {
    const cost = async (size: number): Promise<readonly number[]> => {
      await sealing.put(size, size + 1)
      const asked: string[] = []
      const { database } = sealing.ctx
      const spied = Object.assign(Object.create(database) as typeof database, {
        rows: async (statement: Parameters<typeof database.rows>[0]) => {
          const rows = await database.rows(statement)
          asked.push(...rows.map(() => statement.text))
          return rows
        },
      })
      const { ctx } = sealing
      sealing = { ...sealing, ctx: { ...ctx, database: spied } }
      disk.arm(null)
      await sealing.seal(disk)
      sealing = { ...sealing, ctx }
      return [asked.length, disk.count('read'), disk.count('create')]
    }
    await sealing.put(0, 300)
    await sealing.seal(disk)
    const short = await cost(300)
    for (let from = 301; from < 5401; from += 1700) await sealing.put(from, from + 1700)
    await sealing.seal(disk)
    expect(await cost(5401)).to.deep.equal(short)
  })

  it('writes the log anew from the database when its folder is lost, up to the same signed root', async () => {
    await sealing.put(0, 300)
    await sealing.seal(disk)
    const { root } = await sealing.verify(disk)
    disk = frailDisk()
    expect(await sealing.seal(disk)).to.equal(300)
    expect((await sealing.verify(disk)).root).to.equal(root)
    expect(sealing.said.join('\n')).to.contain('filled up again from the database')
  })

  it('writes the edge of a lost log although nothing is new', async () => {
    await sealing.put(0, 300)
    await sealing.seal(disk)
    await disk.remove(`${folder}/tile`)
    expect(await sealing.seal(disk)).to.equal(300)
    expect((await sealing.verify(disk)).state).to.equal('verified')
  })

  it('records a checkpoint that the database does not know although nothing is new', async () => {
    await sealing.put(0, 5)
    await sealing.seal(disk)
    await run('DELETE FROM oubli_checkpoint WHERE size >= 0')
    await sealing.seal(disk)
    expect(await unsignedCount(sealing.ctx.database)).to.equal(0)
  })

  it('writes the tiles that a folder of an older form lacks', async () => {
    await sealing.put(0, 300)
    await sealing.seal(disk)
    await disk.remove(`${folder}/tile`)
    // The older form knew no checkpoints in the database.
    await run('DELETE FROM oubli_checkpoint WHERE size >= 0')
    await sealing.put(300, 303)
    expect(await sealing.seal(disk)).to.equal(303)
    expect((await sealing.verify(disk)).state).to.equal('verified')
  })

  it('begins anew where it was killed while it wrote a lost log, and never over a copy that is right', async () => {
    await sealing.put(0, 300)
    await sealing.seal(disk)
    await disk.remove(`${folder}/tile/0/001.p`)
    await sealing.put(300, 301)
    const change = (from: string, to: string) =>
      run(
        'UPDATE oubli_entry SET leaf = REPLACE(leaf, ?, ?) WHERE id = (SELECT entry_id FROM oubli_seal WHERE leaf_index = 3)',
        from,
        to,
      )
    await change('users', 'xsers')
    disk.arm(null)
    expect(await refused()).to.match(/^E_EVIDENCE_CHANGED/)
    expect(disk.count('create')).to.equal(0)
    await change('xsers', 'users')
    expect(await sealing.seal(disk)).to.equal(301)
    expect((await sealing.verify(disk)).state).to.equal('verified')
  })

  it('goes on from the newest checkpoint that is known when an older folder was put back', async () => {
    await sealing.put(0, 5)
    await sealing.seal(disk)
    const older = disk.copy()
    await sealing.put(5, 300)
    await sealing.seal(disk)
    const { root } = await sealing.verify(disk)
    disk = older
    expect((await sealing.verify(disk)).findings.map(({ code }) => code)).to.include('checkpoint put back')
    expect(await sealing.seal(disk)).to.equal(300)
    expect((await sealing.verify(disk)).root).to.equal(root)
  })

  it('signs nothing when an older folder was put back and the rows behind it were changed', async () => {
    await sealing.put(0, 5)
    await sealing.seal(disk)
    const older = disk.copy()
    await sealing.put(5, 9)
    await sealing.seal(disk)
    disk = older
    await run(
      "UPDATE oubli_entry SET leaf = REPLACE(leaf, 'users', 'xsers') WHERE id = (SELECT entry_id FROM oubli_seal WHERE leaf_index = 7)",
    )
    expect(await refused()).to.match(
      /^E_EVIDENCE_CHANGED .*the first 9 entries are not those that were signed/,
    )
    expect((await sealing.verify(disk)).newest?.size).to.equal(5)
    expect([...(await disk.list(`${folder}/tile/0/000.p`))], 'nothing was written').to.deep.equal(['5'])
  })

  it('signs nothing over a database that is older than the log', async () => {
    await sealing.put(0, 9)
    await sealing.seal(disk)
    await run('DELETE FROM oubli_seal WHERE leaf_index >= 7')
    await run('DELETE FROM oubli_checkpoint WHERE size >= 0')
    expect(await refused()).to.match(/^E_EVIDENCE_CHANGED .*holds 7 sealed entries, 9 were signed/)
    expect((await sealing.verify(disk)).findings.map(({ code }) => code)).to.include('database behind')
  })

  it('signs nothing over files that are not those that were signed', async () => {
    await sealing.put(0, 300)
    await sealing.seal(disk)
    await sealing.put(300, 301)
    const right = disk
    const refusedWithout = async (path: string) => {
      disk = right.copy()
      const bytes = Buffer.from((await disk.read(`${folder}/${path}`)) ?? [])
      bytes[7] = (bytes[7] ?? 0) ^ 1
      await write(path, bytes)
      return await refused()
    }
    expect(await refusedWithout(tilePath(1, 0, 1))).to.match(/do not give the root that was signed over 300/)
    for (const wrong of [tilePath(0, 1, 44), tilePath('entries', 1, 44)])
      expect(await refusedWithout(wrong)).to.match(/^E_EVIDENCE_CHANGED .*the entry at 256 and its hash/)
    expect((await sealing.verify(disk)).state).not.to.equal('verified')
  })

  it('keeps the log right when a sealed row is changed in the database, and verification names the row', async () => {
    await sealing.put(0, 9)
    await sealing.seal(disk)
    await run(
      "UPDATE oubli_entry SET leaf = REPLACE(leaf, 'users', 'xsers') WHERE id = (SELECT entry_id FROM oubli_seal WHERE leaf_index = 3)",
    )
    await sealing.put(9, 12)
    await sealing.seal(disk)
    const report = await sealing.verify(disk)
    expect(report.findings).to.deep.equal([{ code: 'entry differs', place: 'database', index: 3 }])
    const reader = { read: (path: string) => disk.read(`${folder}/${path}`) }
    expect(await readTile(reader.read, 0, 0, 12)).to.have.length(12)
  })

  it('signs nothing when two checkpoints of our key over the same size differ', async () => {
    await sealing.put(0, 3)
    await sealing.seal(disk)
    await recordAnother(3)
    await sealing.put(3, 4)
    disk.arm(null)
    expect(await refused()).to.match(
      /^E_EVIDENCE_CHANGED .*the first 3 entries are not those that were signed/,
    )
    expect(disk.count('create')).to.equal(0)
  })

  it('signs nothing when an earlier checkpoint of our key is not of this log', async () => {
    await sealing.put(0, 300)
    await sealing.seal(disk)
    await run('DELETE FROM oubli_checkpoint WHERE size >= 0')
    await recordAnother(3)
    disk.arm(null)
    expect(await refused()).to.match(
      /^E_EVIDENCE_CHANGED .*the first 3 entries are not those that were signed/,
    )
    expect(disk.count('create')).to.equal(0)
  })

  it('is bound by the checkpoint under its size when nothing else is left', async () => {
    await sealing.put(0, 5)
    await sealing.seal(disk)
    const before = disk.copy()
    await disk.remove(`${folder}/checkpoint`)
    await run('DELETE FROM oubli_checkpoint WHERE size >= 0')
    expect(await sealing.seal(disk)).to.equal(5)
    disk = before
    await disk.remove(`${folder}/checkpoint`)
    await disk.remove(`${folder}/tile`)
    await run('DELETE FROM oubli_checkpoint WHERE size >= 0')
    await run(
      "UPDATE oubli_entry SET leaf = REPLACE(leaf, 'users', 'xsers') WHERE id = (SELECT entry_id FROM oubli_seal WHERE leaf_index = 3)",
    )
    expect(await refused()).to.match(
      /^E_EVIDENCE_CHANGED .*the first 5 entries are not those that were signed/,
    )
  })

  it('does not trust a checkpoint of another key', async () => {
    await sealing.put(0, 3)
    await sealing.seal(disk)
    const note = Buffer.from((await disk.read(`${folder}/checkpoint`)) ?? []).toString()
    await write('checkpoint', Buffer.from(note.replace(/^3$/m, '2')))
    expect(await refused()).to.match(/^E_EVIDENCE_CHANGED .*in the folder is not signed by the key/)
  })

  it('signs nothing while an entry that waits is gone, wherever it stands', async () => {
    await sealing.put(0, 3)
    await sealing.seal(disk)
    await sealing.put(3, 6)
    const [last] = await rowsOf('SELECT entry_id AS id FROM oubli_waiting ORDER BY created_at DESC LIMIT 1')
    await run('DELETE FROM oubli_entry WHERE id = ?', last ?? '')
    expect(await refused()).to.equal(
      `E_EVIDENCE_CHANGED the evidence was changed: the waiting entry ${last} is missing`,
    )
    expect((await sealing.verify(disk)).newest?.size).to.equal(3)
  })

  it('signs no text that is not that of its entry', async () => {
    await sealing.put(0, 3)
    const [first = '', second = ''] = await rowsOf('SELECT id FROM oubli_entry ORDER BY id')
    const texts = [
      '{"mail":"someone@example.org"}',
      (await leafOf(first)).replace('users', 'someone@example.org'),
      await leafOf(second),
    ]
    const right = await leafOf(first)
    for (const text of texts) {
      await run('UPDATE oubli_entry SET leaf = ? WHERE id = ?', text, first)
      expect(await refused()).to.equal(
        `E_EVIDENCE_CHANGED the evidence was changed: the waiting entry ${first} does not look as it should`,
      )
    }
    await run('UPDATE oubli_entry SET leaf = ? WHERE id = ?', right, first)
    expect(await sealing.seal(disk)).to.equal(3)
  })

  it('takes up many in few transactions, whether each waits by itself or with others', async () => {
    // Each at its own time, so none shares a note.
    await sealing.put(0, 700)
    const shared = Array.from({ length: 1100 }, (_, nr) => {
      const entry = personEntry(700 + nr)
      return { id: entry.id, runId: 'r-2', createdAt: '2026-06-01T11:00:00.000Z', leaf: entryText(entry) }
    })
    const { ctx } = sealing
    await ctx.database.transaction((tx) => insertEntries(tx, shared))
    let placings = 0
    const database = Object.assign(Object.create(ctx.database) as typeof ctx.database, {
      transaction: (...asked: Parameters<typeof ctx.database.transaction>) => {
        if (asked[1]?.beforeCommit !== undefined) placings += 1
        return ctx.database.transaction(...asked)
      },
    })
    expect(await seal({ ...ctx, disk, database })).to.equal(1800)
    expect(placings).to.be.at.most(6)
    expect((await sealing.verify(disk)).state).to.equal('verified')
  })

  it('signs no text that was put in its place by hand', async () => {
    await sealing.put(0, 3)
    await sealing.seal(disk)
    const id = 'f'.repeat(32)
    await run(
      'INSERT INTO oubli_entry (id, run_id, created_at, leaf) SELECT ?, run_id, created_at, ? FROM oubli_entry LIMIT 1',
      id,
      '{"mail":"someone@example.org"}',
    )
    await run('INSERT INTO oubli_seal (leaf_index, entry_id) VALUES (3, ?)', id)
    expect(await refused()).to.match(/^E_EVIDENCE_CHANGED .*the entry at 3 does not look as it should$/)
    expect((await sealing.verify(disk)).newest?.size).to.equal(3)
  })

  it('writes into no file that is there, and takes away what a killed sealer left', async () => {
    await sealing.put(0, 3)
    await sealing.seal(disk)
    const left = '.checkpoint.0123456789abcdef.tmp'
    await write(left, Buffer.from('left'))
    await write('.checkpoint.tmp', Buffer.from('of somebody'))
    await sealing.put(3, 4)
    const made: string[] = []
    await sealing.seal({ ...disk, create: (path) => (made.push(path), disk.create(path)) })
    expect(await disk.list(folder)).not.to.include(left)
    expect(Buffer.from((await disk.read(`${folder}/.checkpoint.tmp`)) ?? []).toString()).to.equal(
      'of somebody',
    )
    expect(made).to.have.length(new Set(made).size)
    for (const path of made) expect(path).to.match(/\/\.\w+\.[0-9a-f]{16}\.tmp$/)
  })

  it('frozen right before it names its checkpoint leaves the larger one of another', async () => {
    await sealing.put(0, 3)
    await sealing.seal(disk)
    await sealing.put(3, 5)
    const larger = disk.copy()
    await sealing.seal(larger)
    await unseal(sealing.ctx.database, 3)
    const [last = ''] = await rowsOf(
      'SELECT entry_id AS id FROM oubli_waiting ORDER BY created_at DESC LIMIT 1',
    )
    await run('DELETE FROM oubli_waiting WHERE entry_id = ?', last)
    const note = (await larger.read(`${folder}/checkpoint`)) ?? new Uint8Array()
    const frozen: Disk = {
      ...disk,
      create: async (path) => {
        const file = await disk.create(path)
        if (path.startsWith(`${folder}/.checkpoint.`)) await write('checkpoint', note)
        return file
      },
    }
    const error = await sealing.seal(frozen).catch((thrown: unknown) => thrown)
    expect(error).to.include({ errorClass: 'busy', code: 'E_SEALED_MEANWHILE' })
    expect(await disk.read(`${folder}/checkpoint`)).to.deep.equal(note)
  })

  it('counts an entry that somebody gave its place as busy', async () => {
    await sealing.put(0, 3)
    await sealing.seal(disk)
    await run('INSERT INTO oubli_waiting (entry_id, created_at) SELECT id, created_at FROM oubli_entry')
    const error = await sealing.seal(disk).catch((thrown: unknown) => thrown)
    expect(error).to.include({ errorClass: 'busy', code: 'E_SEALED_MEANWHILE' })
  })

  it('by a deadlock does not end a run whose backlog it should have shortened', async () => {
    await sealing.put(0, 11)
    const { ctx } = sealing
    const deadlock = new DatabaseError('deadlock', 'statement', 'ER_LOCK_DEADLOCK')
    const database = Object.assign(Object.create(ctx.database) as typeof ctx.database, {
      transaction: async (...asked: Parameters<typeof ctx.database.transaction>) =>
        asked[1]?.beforeCommit === undefined
          ? await ctx.database.transaction(...asked)
          : { state: 'rolled back', error: deadlock },
    })
    const settings = { ...ctx.settings, evidence: { ...ctx.settings.evidence, waitingAtMost: 10 } }
    const error = await guardBacklog({ ...ctx, disk, database, settings }).catch((thrown: unknown) => thrown)
    expect(error).to.include({ code: 'E_EVIDENCE_WAITS' })
  })

  it('on the way of a long run tells the ledger as well', async () => {
    await sealing.put(0, 11)
    const { ctx } = sealing
    const hash = 'a'.repeat(64)
    await insertTombstones(ctx.database, [
      {
        ...{ hash, policy: 'inactive-accounts', act: 'erased', keyHash: hash, kind: 'account' },
        ...{ entryId: personEntry(0).id, erasedAt: '2026-06-01T10:00:00.000Z' },
      },
    ])
    const settings = { ...ctx.settings, evidence: { ...ctx.settings.evidence, waitingAtMost: 10 } }
    await guardBacklog({ ...ctx, settings })
    const files = (await readdir(`${folder}/ledger`)).filter((name) => ledgerFile(name) !== null)
    expect(files).to.have.length(1)
  })

  it('finds an entry whose note that it waits was removed', async () => {
    await sealing.put(0, 3)
    await sealing.seal(disk)
    await sealing.put(3, 5)
    await run(
      'DELETE FROM oubli_waiting WHERE entry_id = (SELECT MIN(id) FROM oubli_entry WHERE id IN (SELECT x.entry_id FROM (SELECT entry_id FROM oubli_waiting) x))',
    )
    await sealing.seal(disk)
    expect((await sealing.verify(disk)).findings).to.deep.equal([{ code: 'entries forgotten', count: 1 }])
  })

  it('leaves rows whose deletion is found, although their places are still there', async () => {
    await sealing.put(0, 10)
    await sealing.seal(disk)
    await run(
      "DELETE FROM oubli_entry WHERE id > '' AND id <> (SELECT entry_id FROM oubli_seal WHERE leaf_index = 4)",
    )
    expect((await sealing.verify(disk)).findings).to.deep.equal([
      { code: 'entries removed', from: 0, to: 4 },
      { code: 'entries removed', from: 5, to: 10 },
    ])
  })

  it('gets rid of a note that an entry waits which has its place, as an earlier version left it', async () => {
    await sealing.put(0, 5)
    await sealing.seal(disk)
    await run(
      'INSERT INTO oubli_waiting (entry_id, created_at) SELECT e.id, e.created_at FROM oubli_seal s JOIN oubli_entry e ON e.id = s.entry_id WHERE s.leaf_index = 2',
    )
    await sealing.put(5, 7)
    expect(await refused()).to.match(/^E_SEALED_MEANWHILE/)
    expect(await sealing.seal(disk)).to.equal(7)
    expect((await sealing.verify(disk)).state).to.equal('verified')
  })

  it('may be about to sign while somebody verifies', async () => {
    await sealing.put(0, 10)
    await sealing.seal(disk)
    await sealing.put(10, 15)
    let signing: () => void = () => undefined
    const reached = new Promise<void>((resolve) => (signing = resolve))
    const slow: Disk = {
      ...disk,
      syncFolder: async (path) => {
        signing()
        await setTimeout(300)
        await disk.syncFolder(path)
      },
    }
    const sealed = sealing.seal(slow)
    await reached
    expect(await sealing.verify(disk)).to.deep.include({ state: 'verified', findings: [], entries: 15 })
    await sealed
  })

  it('may end while somebody verifies', async () => {
    await sealing.put(0, 10)
    await sealing.seal(disk)
    let seals = 0
    const sealOnce = (most: number): Disk => ({
      ...disk,
      list: async (path) => {
        const names = await disk.list(path)
        // After the names of the checkpoints were read, and before the database is asked.
        if (path.endsWith('checkpoints') && seals < most) {
          seals += 1
          await sealing.put(10 * seals, 10 * seals + 5)
          await sealing.seal(disk)
        }
        return names
      },
    })
    expect(await sealing.verify(sealOnce(1))).to.deep.include({
      state: 'verified',
      findings: [],
      entries: 15,
    })
    expect(seals).to.equal(1)
    // One that never comes to an end is told as it is.
    expect((await sealing.verify(sealOnce(10))).state).to.equal('failed')
    expect(seals).to.equal(4)
  })
})
