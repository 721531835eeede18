/** What a verifier says that somebody else could have written: no line of ours is in it. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { entryText } from '../../audit/entry-text.ts'
import { generateSigningKey } from '../../audit/keys.ts'
import { inclusionProof } from '../../audit/proof.ts'
import { receiptText } from '../../audit/receipt.ts'
import { rangeRootIn } from '../../audit/tile-proof.ts'
import { packageRoot } from '../../config/files.ts'
import { checkpointAt, logOf, personEntry, readerOf, verifier, type Files } from './sample-log.ts'

const program = join(packageRoot(), 'test/audit/second_verifier.py')
const texts = Array.from({ length: 700 }, (_, at) => entryText(personEntry(at)))
const log = logOf(texts, [300, 700])

describe('a verifier in Python and openssl', () => {
  let folder = ''
  before(function () {
    const missing = ['python3', 'openssl'].filter(
      (name) => spawnSync(name, name === 'openssl' ? ['version'] : ['--version']).status !== 0,
    )
    if (missing.length > 0) {
      process.stderr.write(`\n*** NOT RUN: the second verifier needs ${missing.join(' and ')} ***\n\n`)
      this.skip()
    }
    folder = mkdtempSync(join(tmpdir(), 'oubli-second-'))
  })
  after(() => {
    if (folder !== '') rmSync(folder, { recursive: true, force: true })
  })

  function says(...args: readonly string[]): string {
    return spawnSync('python3', [program, ...args], { encoding: 'utf8' }).stdout.trim()
  }

  function written(files: Files): string {
    const place = mkdtempSync(join(folder, 'log-'))
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(place, path)), { recursive: true })
      writeFileSync(join(place, path), bytes)
    }
    return place
  }

  it('verifies a log of ours, with full and partial tiles', () => {
    const root = checkpointAt(texts, 700).split('\n')[2] ?? ''
    expect(says('log', written(log.files), verifier.text)).to.equal(`VERIFIED 700 ${root}`)
  })

  it('finds what was changed in it', () => {
    const changes: readonly (readonly [string, (files: Map<string, Uint8Array>) => unknown])[] = [
      ['an entry', (files) => flip(files, 'tile/entries/001', 1000)],
      ['a hash', (files) => flip(files, 'tile/0/001', 40)],
      ['an inner hash', (files) => flip(files, 'tile/1/000.p/2', 40)],
      [
        'a size',
        (files) => files.set('checkpoint', Buffer.from(checkpointAt(texts, 700).replace('700', '699'))),
      ],
      ['a file', (files) => files.delete('tile/0/002.p/188')],
    ]
    for (const [what, change] of changes) {
      const files = new Map(log.files)
      change(files)
      expect(says('log', written(files), verifier.text), what).to.match(/^FAILED/)
    }
    const other = generateSigningKey('shop.example/oubli').verifierText
    expect(says('log', written(log.files), other)).to.equal('FAILED no signature of this key')
  })

  it('verifies receipts of ours, and refuses one for another entry', async () => {
    const ranges = rangeRootIn(readerOf(log.files).read, 700)
    for (const index of [0, 255, 256, 511, 512, 699]) {
      const path = await inclusionProof(ranges, 700, index)
      const receipt = { index, path, opening: null, checkpoint: checkpointAt(texts, 700) }
      const file = join(folder, 'a.tlog-proof')
      writeFileSync(file, receiptText({ ...receipt, entry: texts[index]! }))
      expect(says('receipt', file, verifier.text), `${index}`).to.equal(`VERIFIED ${index} 700`)
      writeFileSync(file, receiptText({ ...receipt, entry: texts[(index + 1) % 700]! }))
      expect(says('receipt', file, verifier.text), `${index}`).to.equal('FAILED the entry is not in the log')
    }
  })
})

function flip(files: Map<string, Uint8Array>, path: string, at: number): Uint8Array {
  const bytes = Uint8Array.from(files.get(path) ?? [])
  bytes[at] = (bytes[at] ?? 0) ^ 1
  files.set(path, bytes)
  return bytes
}
