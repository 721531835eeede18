import { expect } from 'chai'
import { leafHash, rootOf, type TreeHash } from '../../audit/merkle.ts'
import { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from '../../audit/proof.ts'
import { newTileLog, openTileLog, type TileLog } from '../../audit/tile-log.ts'
import { rangeRootIn } from '../../audit/tile-proof.ts'
import { readBundle, readTile, tilePath } from '../../audit/tiles.ts'

type Files = Map<string, Uint8Array>

function keep(files: Files, log: TileLog): void {
  for (const { entries, hashes } of [log.full(), log.edge()])
    for (const { path, bytes } of [...entries, ...hashes]) files.set(path, bytes)
}

const readerOf = (files: Files) => (path: string) => Promise.resolve(files.get(path) ?? null)

function grown(size: number): { readonly log: TileLog; readonly files: Files } {
  const files: Files = new Map()
  const log = newTileLog()
  for (let at = 0; at < size; at += 1) log.add(`leaf ${at}`)
  keep(files, log)
  return { log, files }
}

async function definedRoot(size: number): Promise<TreeHash> {
  return (await rootOf(Array.from({ length: size }, (_, at) => leafHash(`leaf ${at}`)))).root
}

describe('a log in tiles', () => {
  it('names its files as the specification does', () => {
    expect(tilePath(0, 1_234_067, 256)).to.equal('tile/0/x001/x234/067')
    expect(tilePath('entries', 0, 17)).to.equal('tile/entries/000.p/17')
    expect(tilePath(2, 1000, 1)).to.equal('tile/2/x001/000.p/1')
  })

  it('has the files of the example in the specification, of 70,000 entries and of 256', () => {
    const { files } = grown(70_000)
    const full = (level: number | string) =>
      [...files.keys()].filter((path) => path.startsWith(`tile/${level}/`) && !path.includes('.p/'))
    const partial = [...files.keys()].filter((path) => path.includes('.p/'))
    expect([full(0).length, full(1).length, full(2).length, full('entries').length]).to.deep.equal([
      273, 1, 0, 273,
    ])
    expect(partial.sort()).to.deep.equal([
      'tile/0/273.p/112',
      'tile/1/001.p/17',
      'tile/2/000.p/1',
      'tile/entries/273.p/112',
    ])
    expect([...grown(256).files.keys()].sort()).to.deep.equal([
      'tile/0/000',
      'tile/1/000.p/1',
      'tile/entries/000',
    ])
    expect(files.get('tile/0/000')).to.have.length(8192)
  })

  it('is taken up at any size as if it had never been closed', async () => {
    const files: Files = new Map()
    let log = newTileLog()
    for (const size of [1, 2, 255, 256, 257, 511, 512, 600, 1100]) {
      const again = await openTileLog(readerOf(files), log.size())
      if (again === null) throw new Error('the log was not found')
      for (let at = log.size(); at < size; at += 1) again.add(`leaf ${at}`)
      log = again
      keep(files, log)
      expect(Buffer.compare(log.root(), await definedRoot(size)), `${size}`).to.equal(0)
      const whole = grown(size)
      for (const [path, bytes] of whole.files)
        expect(Buffer.compare(files.get(path) ?? new Uint8Array(), bytes), `${size}: ${path}`).to.equal(0)
    }
  })

  it('is not taken up where a file of its edge is missing or torn', async () => {
    const { files } = grown(600)
    for (const path of ['tile/0/002.p/88', 'tile/1/000.p/2', 'tile/entries/002.p/88']) {
      const bytes = files.get(path) ?? new Uint8Array()
      for (const left of [null, bytes.subarray(0, bytes.length - 1), bytes.subarray(0, 1)]) {
        const hurt = new Map(files)
        if (left === null) hurt.delete(path)
        else hurt.set(path, left)
        expect(await openTileLog(readerOf(hurt), 600), `${path}, ${left?.length ?? 'none'}`).to.equal(null)
      }
    }
  })

  it('is not taken up where an entry of its edge is not that of its hash', async () => {
    const { files } = grown(600)
    const path = 'tile/entries/002.p/88'
    const text = Buffer.from(files.get(path) ?? []).toString('latin1')
    files.set(path, Buffer.from(text.replace('leaf 515', 'leaf 516'), 'latin1'))
    const error = await openTileLog(readerOf(files), 600).catch((thrown: unknown) => thrown)
    expect(String(error)).to.match(/the evidence was changed: .*the entry at 515 and its hash/)
  })

  it('reads a partial tile out of the full one that took its place', async () => {
    const { files } = grown(256)
    expect(await readTile(readerOf(files), 0, 0, 17)).to.have.length(17)
    expect((await readBundle(readerOf(files), 0, 3))?.at(-1)).to.equal('leaf 2')
  })

  it('keeps an entry of the longest length and one with every kind of character', async () => {
    const log = newTileLog()
    const texts = ['x'.repeat(65_535), '', 'é\u{1f600}\u0000"']
    for (const text of texts) log.add(text)
    const files: Files = new Map()
    keep(files, log)
    expect(await readBundle(readerOf(files), 0, 3)).to.deep.equal(texts)
  })

  it('proves entries and earlier sizes from a few tiles', async () => {
    for (const size of [1, 255, 256, 257, 700, 66_000]) {
      const { log, files } = grown(size)
      const ranges = rangeRootIn(readerOf(files), size)
      for (const index of [0, 1, 254, 255, 256, 511, 699, 65_535, 65_536, size - 1]) {
        if (index >= size) continue
        const path = await inclusionProof(ranges, size, index)
        const holds = (leaf: string) => verifyInclusion(leafHash(leaf), index, size, path, log.root())
        expect([holds(`leaf ${index}`), holds('another')], `${index} of ${size}`).to.deep.equal([true, false])
      }
      for (const earlier of [1, 200, 256, 300, 65_536, size]) {
        if (earlier > size) continue
        const path = await consistencyProof(ranges, earlier, size)
        const root = await definedRoot(earlier)
        expect(verifyConsistency(earlier, size, path, root, log.root()), `${earlier} of ${size}`).to.equal(
          true,
        )
      }
    }
    let reads = 0
    const { files } = grown(66_000)
    const counted = rangeRootIn((path) => {
      reads += 1
      return readerOf(files)(path)
    }, 66_000)
    await inclusionProof(counted, 66_000, 40_000)
    expect(reads).to.be.lessThan(8)
  })
})
