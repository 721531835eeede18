/** Entries and hashes taken out of the files of a log, or put in another order there, one by one. */
import { expect } from 'chai'
import { entryText } from '../../audit/entry-text.ts'
import { bundleBytes, logOf, personEntry, sampleLog, verified, type SampleLog } from './sample-log.ts'

const small = sampleLog()
const smallTexts = small.rows
const large = logOf(
  Array.from({ length: 300 }, (_, at) => entryText(personEntry(at))),
  [300],
)

function withFile(log: SampleLog, path: string, bytes: Uint8Array): SampleLog {
  return { ...log, files: new Map(log.files).set(path, bytes) }
}

/** Both with the database and by the files alone. */
async function isFound(log: SampleLog, what: string): Promise<void> {
  const database = log.sealed === 300 ? { lastRunAt: null } : {}
  expect((await verified(log, { database })).state, what).to.equal('failed')
  expect((await verified(log, { without: 'database' })).state, `${what}, alone`).to.equal('failed')
}

/** The tile in hashes of 32 bytes. */
function hashesOf(log: SampleLog, path: string): readonly Uint8Array[] {
  const bytes = log.files.get(path) ?? new Uint8Array()
  return Array.from({ length: bytes.length / 32 }, (_, at) => bytes.subarray(32 * at, 32 * at + 32))
}

function* pairs(count: number): Generator<readonly [number, number]> {
  for (let one = 0; one < count; one += 1)
    for (let other = one + 1; other < count; other += 1) yield [one, other]
}

function swapped<T>(all: readonly T[], one: number, other: number): readonly T[] {
  return all.with(one, all[other]!).with(other, all[one]!)
}

describe('the files of a log', () => {
  const bundle = 'tile/entries/000.p/12'
  const tile = 'tile/0/000.p/12'

  it('are as they should be before anything is changed', async () => {
    expect(Buffer.compare(small.files.get(bundle) ?? new Uint8Array(), bundleBytes(smallTexts))).to.equal(0)
    for (const [log, database] of [
      [small, {}],
      [large, { lastRunAt: null }],
    ] as const) {
      expect((await verified(log, { database })).state).to.equal('verified')
      expect((await verified(log, { without: 'database' })).state).to.equal('verified')
    }
  })

  it('lack any one entry and are found out', async () => {
    for (const at of smallTexts.keys())
      await isFound(withFile(small, bundle, bundleBytes(smallTexts.toSpliced(at, 1))), `entry ${at}`)
    const [first, second] = [large.rows.slice(0, 256), large.rows.slice(256)]
    for (let at = 0; at < 256; at += 17)
      await isFound(withFile(large, 'tile/entries/000', bundleBytes(first.toSpliced(at, 1))), `entry ${at}`)
    for (let at = 0; at < 44; at += 7)
      await isFound(
        withFile(large, 'tile/entries/001.p/44', bundleBytes(second.toSpliced(at, 1))),
        `entry ${256 + at}`,
      )
  })

  it("hold any two entries in each other's place and are found out", async () => {
    for (const [one, other] of pairs(12)) {
      const changed = withFile(small, bundle, bundleBytes(swapped(smallTexts, one, other)))
      await isFound(changed, `entries ${one} and ${other}`)
      const differs = (index: number) => ({ code: 'entry differs', place: 'entries', index })
      const { findings } = await verified(changed)
      expect(findings.filter(({ code }) => code === 'entry differs')).to.deep.equal([
        differs(one),
        differs(other),
      ])
    }
  })

  it('lack any one hash and are found out', async () => {
    const hashes = hashesOf(small, tile)
    for (const at of hashes.keys())
      await isFound(withFile(small, tile, Buffer.concat(hashes.toSpliced(at, 1))), `hash ${at}`)
    for (const [path, step] of [
      ['tile/0/000', 17],
      ['tile/0/001.p/44', 7],
      ['tile/1/000.p/1', 1],
    ] as const) {
      const all = hashesOf(large, path)
      expect(all.length, path).to.be.greaterThan(0)
      for (let at = 0; at < all.length; at += step)
        await isFound(withFile(large, path, Buffer.concat(all.toSpliced(at, 1))), `${path}, hash ${at}`)
    }
  })

  it("hold any two hashes in each other's place and are found out", async () => {
    const hashes = hashesOf(small, tile)
    for (const [one, other] of pairs(12))
      await isFound(
        withFile(small, tile, Buffer.concat(swapped(hashes, one, other))),
        `hashes ${one} and ${other}`,
      )
  })

  it('are cut at any length and are found out', async () => {
    const log = logOf([...smallTexts.slice(0, 2), ...smallTexts.slice(-1)], [1, 3])
    expect((await verified(log)).state).to.equal('verified')
    for (const [path, content] of log.files)
      for (let left = 0; left < content.length; left += 1)
        expect(
          (await verified(withFile(log, path, content.subarray(0, left)))).state,
          `${path}, ${left} bytes left`,
        ).to.equal('failed')
  })
})
