import { expect } from 'chai'
import { migrate } from '../../../db/migrate.ts'
import {
  entryCounts,
  insertEntries,
  insertEntry,
  insertSeals,
  readSealed,
  sealedSize,
  type EntryRow,
} from '../../../db/own/entries.ts'
import {
  forgetPlaced,
  removeNotes,
  waitingCount,
  waitingEntries,
  type WaitingNote,
  type WaitingPage,
} from '../../../db/own/waiting.ts'
import type { Database, Outcome } from '../../../db/session.ts'
import { eachDatabase } from '../../databases.ts'

const at = '2026-01-01T00:00:00.000Z'

function id(nr: number): string {
  return String(nr).padStart(32, '0')
}

function entry(nr: number, createdAt = at): EntryRow {
  return { id: id(nr), runId: id(0), createdAt, leaf: `leaf ${nr} é` }
}

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, nr) => from + nr)
}

eachDatabase('entries that wait', (open) => {
  let database: Database
  beforeEach(async () => {
    database = await open()
    await migrate(database)
  })

  const run = (text: string, ...values: string[]) => database.run({ text, values })
  const together = async (...entries: EntryRow[]): Promise<void> => {
    const outcome = await database.transaction((tx) => insertEntries(tx, entries))
    expect(outcome.state).to.equal('committed')
  }
  const place = (page: WaitingPage, first: number): Promise<Outcome<void>> =>
    database.transaction(async (tx) => {
      await insertSeals(
        tx,
        page.entries.map((one, nr) => ({ leafIndex: first + nr, entryId: one.id })),
      )
      await removeNotes(tx, page.notes)
    })
  const idsOf = ({ entries }: WaitingPage): readonly string[] => entries.map((one) => one.id)
  const noteCount = async (): Promise<number> =>
    (await database.rows({ text: 'SELECT entry_id FROM oubli_waiting', values: [] })).length

  it('are sealed also when they were committed late', async () => {
    await insertEntry(database, entry(2))
    await insertEntry(database, entry(3))
    const page = await waitingEntries(database, null, 10)
    expect(idsOf(page)).to.deep.equal([id(2), id(3)])
    expect((await place(page, 0)).state).to.equal('committed')
    await insertEntry(database, entry(1))
    const late = await waitingEntries(database, null, 10)
    expect(late.entries).to.deep.equal([{ id: id(1), createdAt: at, leaf: 'leaf 1 é' }])
    const behind = await waitingEntries(database, page.notes.at(-1) ?? null, 10)
    expect(behind).to.deep.equal({ entries: [], notes: [] })
    expect(await entryCounts(database)).to.deep.equal({ sealed: 2, unsealed: 1, forgotten: 0, orphans: 0 })
    await place(late, 2)
    expect(await readSealed(database, 1, 10)).to.deep.equal([
      { index: 1, leaf: 'leaf 3 é' },
      { index: 2, leaf: 'leaf 1 é' },
    ])
    expect([await sealedSize(database), await waitingCount(database)]).to.deep.equal([3, 0])
    expect((await place({ ...late, notes: [] }, 3)).state, 'a second place').to.equal('rolled back')
    const again = await place({ entries: [], notes: late.notes }, 3).catch((error: unknown) => error)
    expect(String(again), 'a note that is gone').to.contain('sealed by somebody else')
  })

  it('come in the order of time and id, page by page', async () => {
    const times = ['2026-01-02T00:00:00.000Z', '2026-01-01T00:00:00.000Z', '2026-01-03T00:00:00.000Z']
    for (const [nr, createdAt] of times.entries())
      for (const half of [0, 1]) await insertEntry(database, entry(nr * 2 + half, createdAt))
    const seen: string[] = []
    for (let last: WaitingNote | null = null; ;) {
      const page: WaitingPage = await waitingEntries(database, last, 2)
      if (page.notes.length === 0) break
      seen.push(...idsOf(page))
      last = page.notes.at(-1) ?? null
    }
    expect(seen).to.deep.equal([2, 3, 0, 1, 4, 5].map(id))
  })

  it('share their notes when they were written together, sixteen a note', async () => {
    const later = '2026-01-02T00:00:00.000Z'
    const mixed = numbers(0, 450).map((nr) => entry((nr * 7) % 450, nr % 9 === 0 ? later : at))
    await together(...mixed)
    expect(await noteCount()).to.equal(Math.ceil(400 / 16) + Math.ceil(50 / 16))
    expect(await waitingCount(database)).to.equal(450)
    expect(await entryCounts(database)).to.deep.equal({ sealed: 0, unsealed: 450, forgotten: 0, orphans: 0 })
    const pages: WaitingPage[] = []
    for (let from = 0; ;) {
      const page = await waitingEntries(database, pages.at(-1)?.notes.at(-1) ?? null, 10)
      if (page.notes.length === 0) break
      expect((await place(page, from)).state).to.equal('committed')
      from += page.entries.length
      pages.push(page)
    }
    expect(pages.map(({ notes }) => notes.length)).to.deep.equal([10, 10, 9])
    for (const page of pages) {
      const keys = page.entries.map((one) => `${one.createdAt} ${one.id}`)
      expect(keys).to.deep.equal([...keys].sort())
    }
    const seen = pages.flatMap(({ entries }) => entries)
    const times = seen.map(({ createdAt }) => createdAt)
    expect(times, 'over the pages').to.deep.equal([...times].sort())
    for (const { id: own, createdAt, leaf } of mixed)
      expect(seen.filter((one) => one.id === own)).to.deep.equal([{ id: own, createdAt, leaf }])
    expect(await entryCounts(database)).to.deep.equal({ sealed: 450, unsealed: 0, forgotten: 0, orphans: 0 })
  })

  it('stay noted when others of their note got a place, as a replay leaves them', async () => {
    await together(...numbers(0, 40).map((nr) => entry(nr)))
    await insertEntry(database, entry(40))
    await insertSeals(
      database,
      numbers(10, 20).map((nr) => ({ leafIndex: nr - 10, entryId: id(nr) })),
    )
    expect(await entryCounts(database)).to.include({ sealed: 10, unsealed: 41, forgotten: 0 })
    expect((await database.transaction(forgetPlaced)).state).to.equal('committed')
    expect(idsOf(await waitingEntries(database, null, 100))).to.deep.equal(
      [...numbers(0, 10), ...numbers(20, 41)].map(id),
    )
    expect(await entryCounts(database)).to.deep.equal({ sealed: 10, unsealed: 31, forgotten: 0, orphans: 0 })
    const before = await noteCount()
    await database.transaction(forgetPlaced)
    expect(await noteCount(), 'nothing is left to do').to.equal(before)
  })

  it('are understood as a version from before noted them, which finds no entry under a note of several', async () => {
    const note = 'INSERT INTO oubli_waiting (entry_id, created_at) VALUES (?, ?)'
    await together(...numbers(1, 6).map((nr) => entry(nr)))
    await together(entry(6))
    await run('DELETE FROM oubli_waiting WHERE entry_id = ?', id(6))
    await run(note, id(6), at)
    expect(idsOf(await waitingEntries(database, null, 10))).to.deep.equal(numbers(1, 7).map(id))
    expect(await waitingCount(database)).to.equal(6)
    const asBefore = await database.rows({
      text: "SELECT COALESCE(e.leaf, '') AS leaf FROM oubli_waiting w LEFT JOIN oubli_entry e ON e.id = w.entry_id ORDER BY leaf",
      values: [],
    })
    expect(asBefore).to.deep.equal([{ leaf: '' }, { leaf: 'leaf 6 é' }])
  })

  it('are counted apart when they have no place and no note', async () => {
    await together(...numbers(1, 4).map((nr) => entry(nr)))
    await insertEntry(database, entry(4))
    await run('DELETE FROM oubli_waiting WHERE entry_id = ?', id(4))
    expect(await entryCounts(database)).to.deep.equal({ sealed: 0, unsealed: 3, forgotten: 1, orphans: 0 })
  })

  it('show as empty when they are gone, and are counted apart', async () => {
    await together(entry(1), entry(2))
    await run('DELETE FROM oubli_entry WHERE id = ?', id(1))
    expect((await waitingEntries(database, null, 1)).entries).to.deep.equal([
      { id: id(1), createdAt: at, leaf: '' },
      { id: id(2), createdAt: at, leaf: 'leaf 2 é' },
    ])
    expect(await entryCounts(database)).to.deep.equal({ sealed: 0, unsealed: 1, forgotten: 0, orphans: 1 })
  })

  it('do not vanish behind a note that names nothing, or names one of them twice', async () => {
    await together(entry(1), entry(2))
    await run("UPDATE oubli_waiting SET entry_ids = CONCAT(entry_ids, ?) WHERE entry_id > ''", id(1))
    expect(idsOf(await waitingEntries(database, null, 1))).to.deep.equal([id(1), id(2)])
    expect(await entryCounts(database)).to.include({ forgotten: 0 })
    await run("UPDATE oubli_waiting SET entry_ids = '' WHERE entry_id > ''")
    expect(await waitingEntries(database, null, 1)).to.deep.include({
      entries: [{ id: '', createdAt: at, leaf: '' }],
    })
    expect(await entryCounts(database)).to.deep.equal({ sealed: 0, unsealed: 0, forgotten: 2, orphans: 1 })
  })

  it('that have a place and lost their text show as empty', async () => {
    await together(...numbers(1, 4).map((nr) => entry(nr)))
    await place(await waitingEntries(database, null, 10), 0)
    await run('DELETE FROM oubli_entry WHERE id = ?', id(2))
    const leaves = (await readSealed(database, 0, 10)).map(({ leaf }) => leaf)
    expect(leaves).to.deep.equal(['leaf 1 é', '', 'leaf 3 é'])
    expect(await entryCounts(database)).to.deep.equal({ sealed: 3, unsealed: 0, forgotten: 0, orphans: 0 })
  })
})
