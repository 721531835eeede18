import { expect } from 'chai'
import { entryText } from '../../audit/entry-text.ts'
import type { Finding } from '../../audit/finding.ts'
import { generateSigningKey, readVerifierKey } from '../../audit/keys.ts'
import type { VerifyReport } from '../../audit/verify.ts'
import {
  checkpointAt,
  logOf,
  numbered,
  personEntry,
  runEntry,
  sampleLog,
  start,
  verified,
  type Files,
  type SampleLog,
} from './sample-log.ts'

const log = sampleLog()
const strange = entryText(personEntry(500))
const bundle = 'tile/entries/000.p/12'
const tile = 'tile/0/000.p/12'

function codes(report: VerifyReport): readonly Finding['code'][] {
  return report.findings.map((finding) => finding.code)
}

function rows(change: (rows: readonly string[]) => readonly string[], of: SampleLog = log): SampleLog {
  return { ...of, rows: change(of.rows) }
}

function files(change: (files: Map<string, Uint8Array>) => void, of: SampleLog = log): SampleLog {
  const copy = new Map(of.files)
  change(copy)
  return { ...of, files: copy }
}

/** The log with the files of another one. */
function withFiles(other: SampleLog, of: SampleLog = log): SampleLog {
  return { ...of, files: other.files }
}

function flipped(bytes: Uint8Array, at: number, bit = 1): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ bit
  return copy
}

describe('verification', () => {
  it('verifies an untouched log', async () => {
    const report = await verified(log)
    expect(report.findings).to.deep.equal([])
    expect(report).to.include({ state: 'verified', entries: 12, unsealed: 0, more: 0 })
    expect(report.newest).to.deep.equal({ name: 'checkpoints/000000000012', size: 12 })
    expect((await verified(log, { without: 'database' })).state).to.equal('verified')
  })

  it('verifies logs with full tiles, at every kind of edge', async () => {
    for (const sizes of [[256], [255, 256, 257], [100, 300, 512], [511, 600], [66_000]]) {
      const entries = Array.from({ length: sizes.at(-1) ?? 0 }, (_, at) => entryText(personEntry(at)))
      const report = await verified(logOf(entries, sizes), { database: { lastRunAt: null } })
      expect(report.findings, sizes.join()).to.deep.equal([])
      expect(report.state).to.equal('verified')
    }
  })

  it('says unverified without a key, and failed when the entries differ even so', async () => {
    expect((await verified(log, { verifier: null })).state).to.equal('unverified')
    const changed = rows((all) => all.with(4, strange))
    expect((await verified(changed, { verifier: null })).state).to.equal('failed')
  })

  it('fails when any byte of any file of the log is changed', async () => {
    const small = logOf([...log.rows.slice(0, 2), ...log.rows.slice(-1)], [1, 3])
    expect((await verified(small)).state).to.equal('verified')
    let bytes = 0
    for (const [path, content] of small.files)
      for (let at = 0; at < content.length; at += 1) {
        bytes += 1
        const report = await verified(files((all) => all.set(path, flipped(content, at)), small))
        expect(report.state, `${path}, byte ${at}`).to.equal('failed')
        const alone = await verified(
          files((all) => all.set(path, flipped(content, at)), small),
          {
            without: 'database',
          },
        )
        expect(alone.state, `${path}, byte ${at}, alone`).to.equal('failed')
      }
    expect(bytes).to.be.greaterThan(2000)
  })

  it('fails when any byte of a log of several tiles and levels is changed', async () => {
    const texts = Array.from({ length: 600 }, (_, at) => entryText(personEntry(at)))
    const large = logOf(texts, [520, 600])
    const database = { lastRunAt: null }
    expect((await verified(large, { database })).state).to.equal('verified')
    const paths = [...large.files.keys()]
    expect(paths).to.include.members(['tile/1/000.p/2', 'tile/0/001', 'tile/0/002.p/8', 'tile/0/002.p/88'])
    for (const path of paths) {
      const content = large.files.get(path) ?? new Uint8Array()
      for (let at = 0; at < content.length; at += Math.ceil(content.length / 7)) {
        const changed = files((all) => all.set(path, flipped(content, at, 64)), large)
        expect((await verified(changed, { database })).state, `${path}, byte ${at}`).to.equal('failed')
        // The files alone say it as well.
        expect((await verified(changed, { without: 'database' })).state, `${path}, alone`).to.equal('failed')
      }
      const gone = files((all) => all.delete(path), large)
      const partial = /\.p\/8$|^checkpoints\//.test(path) // of an earlier checkpoint, or kept elsewhere too
      if (!partial) expect((await verified(gone, { database })).state, `${path} removed`).to.equal('failed')
    }
  })

  it('finds bytes that were put behind the end of a file of the log', async () => {
    const texts = Array.from({ length: 300 }, (_, at) => entryText(personEntry(at)))
    const large = logOf(texts, [200, 280, 300])
    const more = [
      ['tile/0/001.p/44', new Uint8Array(32)],
      ['tile/1/000.p/1', new Uint8Array(32)],
      ['tile/entries/001.p/44', Uint8Array.of(0, 2, 104, 105)],
      // Left beside their full tile by a sealer that was killed.
      ['tile/0/000.p/200', new Uint8Array(32)],
      ['tile/entries/000.p/200', Uint8Array.of(0, 2, 104, 105)],
    ] as const
    for (const [path, added] of more) {
      const longer = files((all) => all.set(path, Buffer.concat([all.get(path)!, added])), large)
      const report = await verified(longer, { database: { lastRunAt: null } })
      expect(
        report.findings.map((one) => 'path' in one && one.path),
        path,
      ).to.deep.equal([path])
    }
  })

  it('names the entry that was changed in the database, and only that one', async () => {
    for (const index of [0, 3, 6, 11]) {
      const report = await verified(rows((all) => all.with(index, strange)))
      expect(report.findings).to.deep.equal([{ code: 'entry differs', place: 'database', index }])
    }
    const three = await verified(rows((all) => all.with(1, strange).with(5, 'junk').with(11, strange)))
    expect(three.findings.map((one) => 'index' in one && one.index)).to.deep.equal([1, 5, 11])
  })

  it('names the entry that was changed in the files, and the hash', async () => {
    // Behind what the earlier bundles hold: those would differ as well.
    for (const index of [7, 9, 11]) {
      // Each entry has its length before it, in two bytes; the version in it is 0.1.1 then.
      const before = log.rows.slice(0, index).reduce((sum, text) => sum + 2 + Buffer.byteLength(text), 0)
      const at = before + 2 + (log.rows[index]?.indexOf('0.1.0') ?? 0) + 4
      const changed = files((all) => all.set(bundle, flipped(all.get(bundle)!, at)))
      const differs = [{ code: 'entry differs', place: 'entries', index }]
      expect((await verified(changed)).findings).to.deep.equal(differs)
      expect((await verified(changed, { without: 'database' })).findings).to.deep.include(differs[0])
    }
    const hash = await verified(files((all) => all.set(tile, flipped(all.get(tile)!, 32 * 9 + 5))))
    expect(hash.findings).to.deep.equal([{ code: 'entry differs', place: 'hashes', index: 9 }])
  })

  it('says between which checkpoints an entry was changed, when it was changed everywhere', async () => {
    const where = async (index: number) => {
      const texts = log.rows.with(index, strange)
      const forged = logOf(texts, [3, 7, 12])
      const kept = files((all) => {
        for (const [path, bytes] of forged.files) if (path.startsWith('tile/')) all.set(path, bytes)
      })
      return (await verified({ ...kept, rows: texts })).findings
    }
    expect(await where(1)).to.deep.equal([
      { code: 'root differs', checkpoint: 'checkpoints/000000000003', from: 0, to: 3 },
    ])
    expect((await where(3))[0]).to.deep.include({ from: 3, to: 7 })
    expect((await where(10))[0]).to.deep.include({ from: 7, to: 12 })
  })

  it('finds two entries that changed places, in the database and in the files', async () => {
    const swap = (all: readonly string[]) => all.with(4, all[5]!).with(5, all[4]!)
    expect((await verified(rows(swap))).findings).to.deep.equal([
      { code: 'entry differs', place: 'database', index: 4 },
      { code: 'entry differs', place: 'database', index: 5 },
    ])
    const forged = logOf(swap(log.rows), [12])
    const changed = files((all) => all.set(bundle, forged.files.get(bundle)!))
    expect(codes(await verified(changed)).filter((code) => code === 'entry differs')).to.have.length(2)
  })

  it('finds every row that was taken out, by its gap', async () => {
    for (let index = 0; index < 12; index += 1) {
      const holed = async function* () {
        for await (const each of numbered(log.rows)) if (each.index !== index) yield each
      }
      const report = await verified(log, { database: { entries: holed() } })
      expect(codes(report), `${index}`).to.include('count differs')
      if (index < 11)
        expect(report.findings[0]).to.deep.equal({ code: 'entries removed', from: index, to: index + 1 })
    }
  })

  it('finds every entry whose text was taken out while its place was left, side by side in one finding', async () => {
    for (let index = 0; index < 12; index += 1)
      expect((await verified(rows((all) => all.with(index, '')))).findings).to.deep.include({
        ...{ code: 'entries removed', from: index, to: index + 1 },
      })
    const most = rows((all) => all.map((text, at) => (at === 6 || at === 11 ? text : '')))
    expect((await verified(most)).findings).to.deep.equal([
      { code: 'entries removed', from: 0, to: 6 },
      { code: 'entries removed', from: 7, to: 11 },
    ])
    const behind = rows((all) => [...all, ''])
    expect(codes(await verified(behind, { database: { sealed: 13 } }))).to.have.members([
      ...['entries removed', 'tail not signed'],
    ])
  })

  it('finds every row that was taken out and the others closed up, with the count or without', async () => {
    for (let index = 0; index < 12; index += 1) {
      const less = rows((all) => all.toSpliced(index, 1))
      expect(codes(await verified(less)), `${index}`).to.include('count differs')
      const agreed = await verified(less, { database: { sealed: 11 } })
      expect(codes(agreed), `${index}`).to.include('database behind')
    }
  })

  it('finds every cut tail of the database, also when its own count agrees', async () => {
    for (let left = 0; left < 12; left += 1) {
      const cut = rows((all) => all.slice(0, left))
      const report = await verified(cut, { database: { sealed: left, lastRunAt: null, checkpoints: [] } })
      expect(report.findings).to.deep.equal([{ code: 'database behind', sealed: left, size: 12 }])
    }
  })

  it('finds every cut tail of the log and its checkpoints, by the database or any checkpoint elsewhere', async () => {
    const kept = { name: 'mail of Monday', text: checkpointAt(log.rows, 12) }
    for (const size of [3, 7]) {
      const cut = logOf(
        log.rows.slice(0, size),
        [3, 7].filter((each) => each <= size),
      )
      const found = await verified(withFiles(cut))
      expect(codes(found)).to.have.members([
        ...['checkpoint put back', 'tail not signed'],
        ...Array.from({ length: size === 3 ? 2 : 1 }, () => 'log truncated'),
      ])
      const rolledBack = await verified(cut, { database: { lastRunAt: null }, older: [kept] })
      expect(rolledBack.findings).to.deep.equal([
        { code: 'log truncated', checkpoint: 'mail of Monday', entries: size, size: 12 },
      ])
    }
  })

  it('finds every file that was cut short', async () => {
    for (const [path, content] of log.files) {
      for (const left of [0, 1, content.length >> 1, content.length - 1]) {
        const report = await verified(files((all) => all.set(path, content.subarray(0, left))))
        expect(report.state, `${path}, ${left} bytes left`).to.equal('failed')
      }
    }
  })

  it('finds an older checkpoint put back over the newest, by the database and by those kept beside it', async () => {
    const older = files((all) => all.set('checkpoint', all.get('checkpoints/000000000007')!))
    const put = { code: 'checkpoint put back', checkpoint: 'checkpoint', size: 7, signed: 12 }
    expect((await verified(older)).findings).to.deep.equal([put])
    expect((await verified(older, { without: 'database' })).findings).to.deep.equal([put])
    // As a sealer leaves it that was killed before it put the newest there.
    const killed = await verified(older, { database: { checkpoints: log.recorded.slice(0, 2) } })
    expect(killed.state).to.equal('verified')
  })

  it('fails where any line of a checkpoint was left out, of the newest and of those that are kept', async () => {
    const notes = [...log.files.keys()].filter((path) => path.startsWith('checkpoint'))
    expect(notes).to.have.length(4)
    for (const path of notes) {
      const lines = Buffer.from(log.files.get(path) ?? [])
        .toString()
        .split('\n')
      // What stands behind the last line break is none.
      expect(lines.pop()).to.equal('')
      expect(lines).to.have.length(5)
      for (const at of lines.keys()) {
        const text = `${lines.toSpliced(at, 1).join('\n')}\n`
        const torn = files((all) => all.set(path, Buffer.from(text)))
        expect((await verified(torn)).state, `${path}, line ${at}`).to.equal('failed')
        const alone = await verified(torn, { without: 'database' })
        expect(alone.state, `${path}, line ${at}, alone`).to.equal('failed')
      }
    }
  })

  it('finds entries added behind the newest checkpoint', async () => {
    const report = await verified(
      rows((all) => [...all, strange]),
      { database: { sealed: 13 } },
    )
    expect(report.findings).to.deep.equal([{ code: 'tail not signed', from: 12, to: 13 }])
  })

  it('finds a history that was rewritten and signed anew, by any older checkpoint', async () => {
    const forged = logOf(log.rows.with(1, strange), [12])
    const alone = { database: { checkpoints: [], lastRunAt: null } }
    expect((await verified(forged, alone)).state, 'nothing older is known').to.equal('verified')
    const kept = { name: 'kept by the DPO', text: checkpointAt(log.rows, 3) }
    expect((await verified(forged, { ...alone, older: [kept] })).findings).to.deep.equal([
      { code: 'root differs', checkpoint: 'kept by the DPO', from: 0, to: 3 },
    ])
    expect(codes(await verified({ ...forged, recorded: log.recorded }))).to.include('checkpoints contradict')
    const copied = await verified(forged, { ...alone, copy: log })
    expect(copied.findings).to.deep.equal([{ code: 'entry differs', place: 'copy', index: 1 }])
  })

  it('takes a copy of an earlier day for what it is', async () => {
    const earlier = logOf(log.rows.slice(0, 7), [3, 7])
    expect((await verified(log, { copy: earlier })).state).to.equal('verified')
    const other = logOf(log.rows.slice(0, 7).with(6, strange), [7])
    expect((await verified(log, { copy: other })).findings).to.deep.equal([
      { code: 'entry differs', place: 'copy', index: 6 },
    ])
  })

  it('tells a wrong key, another log and a missing checkpoint apart', async () => {
    const other = readVerifierKey(generateSigningKey('other.example').verifierText)
    expect(codes(await verified(log, { verifier: other }))).to.include('unknown key')
    const bare = files((all) => {
      for (const path of all.keys()) if (path.startsWith('checkpoint')) all.delete(path)
    })
    expect(codes(await verified(bare, { database: { checkpoints: [] } }))).to.include('no checkpoint')
  })

  it('finds a repeated id and a text that is not canonical, under a valid signature too', async () => {
    const texts = [log.rows[0]!, log.rows[1]!, log.rows[0]!, log.rows[2]!.replace('{', '{ ')]
    const report = await verified(logOf(texts, [4]), { database: { lastRunAt: null } })
    expect(report.findings).to.have.deep.members([
      { code: 'id repeated', index: 2 },
      { code: 'not an entry', index: 3 },
    ])
  })

  it('finds a repeated id wherever the entries stand, and takes no two that begin alike for one', async () => {
    const alike = [1, 2, 3].map((last) => entryText({ ...personEntry(last), id: `${'7'.repeat(31)}${last}` }))
    const others = Array.from({ length: 300 }, (_, at) => entryText(personEntry(at)))
    const texts = [...alike, ...others, alike[1]!]
    const repeated = { code: 'id repeated', index: 303 } as const
    const ends = { database: { lastRunAt: null } }
    const whole = logOf(texts, [texts.length])
    expect((await verified(whole, ends)).findings).to.deep.equal([repeated])
    expect((await verified(whole, { without: 'database' })).findings).to.deep.equal([repeated])
    // The one in a row whose file is gone, the other in a file.
    const torn = files((all) => all.delete('tile/entries/001.p/48'), whole)
    expect((await verified(torn, ends)).findings).to.deep.include(repeated)
    // The one in the log, the other behind what is signed.
    expect((await verified({ ...logOf(texts, [303]), sealed: 304 }, ends)).findings).to.deep.include(repeated)
    const honest = texts.slice(0, -1)
    expect((await verified(logOf(honest, [honest.length]), ends)).state).to.equal('verified')
  })

  it('misses the entry of a run that the database knows, unless some entries still wait', async () => {
    const later = { lastRunAt: start + 3_600_000 }
    expect(codes(await verified(log, { database: later }))).to.deep.equal(['run without entry'])
    expect((await verified(log, { database: { ...later, unsealed: 1 } })).state).to.equal('verified')
    // Entries of several runs can be sealed together, in any order.
    const texts = [entryText(runEntry(1, later.lastRunAt)), ...log.rows]
    expect((await verified(logOf(texts, [13]), { database: later })).state).to.equal('verified')
  })

  it('finds entries that nobody would ever seal', async () => {
    const report = await verified(log, { database: { forgotten: 2 } })
    expect(report.findings).to.deep.equal([{ code: 'entries forgotten', count: 2 }])
  })

  it('finds that what waited was removed', async () => {
    const report = await verified(log, { database: { orphans: 3 } })
    expect(report.findings).to.deep.equal([{ code: 'waiting entries removed', count: 3 }])
  })

  it('lists a hundred findings and counts the rest', async () => {
    const texts = Array.from({ length: 150 }, () => 'junk')
    const report = await verified(logOf(texts, [150]), { database: { lastRunAt: null } })
    expect(report.findings).to.have.length(100)
    expect(report.more).to.equal(50)
    const many = Array.from({ length: 300 }, (_, at) => entryText(personEntry(at)))
    const other = many.map((_, at) => entryText(personEntry(at + 1000)))
    const changed = { ...logOf(many, [300]), rows: other }
    const found = await verified(changed, { database: { lastRunAt: null } })
    expect(found.findings.length + found.more).to.equal(300)
  })

  it('accepts a log that has not begun only without a key', async () => {
    const none: SampleLog = { rows: [], sealed: 0, recorded: [], files: new Map() as Files }
    const database = { lastRunAt: null }
    expect((await verified(none, { verifier: null, database })).state).to.equal('unverified')
    expect(codes(await verified(none, { database }))).to.deep.equal(['no checkpoint'])
    expect((await verified(logOf([], [0]), { database })).state).to.equal('verified')
  })
})
