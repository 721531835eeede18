import { expect } from 'chai'
import { entryText } from '../../audit/entry-text.ts'
import { findingText, type Finding } from '../../audit/finding.ts'
import { generateSigningKey, readVerifierKey } from '../../audit/keys.ts'
import type { VerifyReport } from '../../audit/verify.ts'
import { checkpointAt, numbered, personEntry, sampleLog, start, verified, verifier } from './sample-log.ts'

const log = sampleLog()

function codes(report: VerifyReport): readonly Finding['code'][] {
  return report.findings.map((finding) => finding.code)
}

describe('verification', () => {
  it('verifies an untouched log', async () => {
    const report = await verified(log)
    expect(report.findings).to.deep.equal([])
    expect(report).to.include({ state: 'verified', entries: 12, unsealed: 0, more: 0 })
    expect(report.newest).to.deep.equal({ name: 'checkpoint-12', size: 12 })
  })

  it('says unverified without a key, and failed when the entries differ even so', async () => {
    expect((await verified(log, { verifier: null })).state).to.equal('unverified')
    const texts = log.texts.with(4, entryText(personEntry(44)))
    expect((await verified({ ...log, texts }, { verifier: null })).state).to.equal('failed')
  })

  it('fails when any byte of any entry is changed', async () => {
    const texts = [...log.texts.slice(0, 2), ...log.texts.slice(-1)]
    const small = { texts, checkpoints: [checkpointAt(texts, 3)] }
    expect((await verified(small, { sealed: 3 })).state).to.equal('verified')
    for (const [index, text] of texts.entries()) {
      for (let at = 0; at < text.length; at++) {
        const changed = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1)
        const report = await verified({ ...small, texts: texts.with(index, changed) }, { sealed: 3 })
        expect(report.state, `entry ${index}, byte ${at}`).to.equal('failed')
        expect(codes(report)).to.include('root differs')
      }
    }
  })

  it('says between which checkpoints an entry was changed', async () => {
    const where = async (index: number) => {
      const report = await verified({ ...log, texts: log.texts.with(index, entryText(personEntry(500))) })
      expect(codes(report)).to.deep.equal(['root differs'])
      return report.findings[0]
    }
    expect(await where(1)).to.deep.include({ checkpoint: 'checkpoint-3', from: 0, to: 3 })
    expect(await where(3)).to.deep.include({ checkpoint: 'checkpoint-7', from: 3, to: 7 })
    expect(await where(10)).to.deep.include({ checkpoint: 'checkpoint-12', from: 7, to: 12 })
  })

  it('finds two entries that changed places', async () => {
    const texts = log.texts.with(4, log.texts[5]!).with(5, log.texts[4]!)
    const report = await verified({ ...log, texts })
    expect(report.findings[0]).to.deep.include({ code: 'root differs', from: 3, to: 7 })
  })

  it('finds an entry that was taken out, by its gap', async () => {
    async function* holed() {
      for await (const each of numbered(log.texts)) if (each.index !== 5) yield each
    }
    const report = await verified(log, { entries: holed() })
    expect(report.findings[0]).to.deep.equal({ code: 'entries removed', from: 5, to: 6 })
    expect(codes(report)).to.include('count differs')
    expect(report.root).to.equal(null)
  })

  it('finds an entry that was taken out and the others closed up', async () => {
    const report = await verified({ ...log, texts: log.texts.toSpliced(5, 1) })
    expect(codes(report)).to.have.members(['root differs', 'count differs', 'log truncated'])
  })

  it('finds a cut end, also when the database agrees with it', async () => {
    const report = await verified({ ...log, texts: log.texts.slice(0, 9) }, { sealed: 9, lastRunAt: null })
    expect(report.findings).to.deep.equal([
      { code: 'log truncated', checkpoint: 'checkpoint-12', entries: 9, size: 12 },
    ])
  })

  it('finds an older state of log and checkpoints put back, against the count of the database', async () => {
    const old = { texts: log.texts.slice(0, 7), checkpoints: log.checkpoints.slice(0, 2) }
    const report = await verified(old, { lastRunAt: null })
    expect(codes(report)).to.have.members(['count differs', 'tail not signed'])
  })

  it('finds an older checkpoint put back over the newest', async () => {
    const report = await verified({ ...log, checkpoints: log.checkpoints.slice(0, 2) })
    expect(report.findings).to.deep.equal([{ code: 'tail not signed', from: 7, to: 12 }])
    const copied = [...log.checkpoints.slice(0, 2), { ...log.checkpoints[1]!, name: 'checkpoint-12' }]
    expect(codes(await verified({ ...log, checkpoints: copied }))).to.deep.equal(['tail not signed'])
  })

  it('finds entries added behind the newest checkpoint', async () => {
    const texts = [...log.texts, entryText(personEntry(77))]
    const report = await verified({ ...log, texts }, { sealed: 13 })
    expect(report.findings).to.deep.equal([{ code: 'tail not signed', from: 12, to: 13 }])
  })

  it('finds a history that was rewritten and signed anew, by any older checkpoint', async () => {
    const texts = log.texts.with(1, entryText(personEntry(500)))
    const checkpoints = [log.checkpoints[0]!, checkpointAt(texts, 7), checkpointAt(texts, 12)]
    const report = await verified({ texts, checkpoints })
    expect(report.findings[0]).to.deep.include({ code: 'root differs', checkpoint: 'checkpoint-3' })
    const twice = [...log.checkpoints, { ...checkpointAt(texts, 12), name: 'second' }]
    expect(codes(await verified({ ...log, checkpoints: twice }))).to.deep.equal(['checkpoints contradict'])
  })

  it('fails when any byte of a checkpoint is changed', async () => {
    const whole = log.checkpoints[2]!
    for (let at = 0; at < whole.text.length; at++) {
      const flipped = String.fromCharCode(whole.text.charCodeAt(at) ^ 1)
      const text = whole.text.slice(0, at) + flipped + whole.text.slice(at + 1)
      const report = await verified({ ...log, checkpoints: log.checkpoints.with(2, { ...whole, text }) })
      expect(report.state, `byte ${at}`).to.equal('failed')
    }
  })

  it('tells a wrong key, another log and a missing checkpoint apart', async () => {
    const other = readVerifierKey(generateSigningKey('other.example').verifierText)
    expect(codes(await verified(log, { verifier: other }))).to.include('unknown key')
    expect(codes(await verified({ ...log, checkpoints: [] }))).to.deep.equal(['no checkpoint'])
  })

  it('finds a repeated id and a text that is not canonical, under a valid signature too', async () => {
    const texts = [log.texts[0]!, log.texts[1]!, log.texts[0]!, log.texts[2]!.replace('{', '{ ')]
    const checkpoints = [checkpointAt(texts, 4)]
    const report = await verified({ texts, checkpoints }, { sealed: 4, lastRunAt: null })
    expect(report.findings).to.deep.equal([
      { code: 'id repeated', index: 2 },
      { code: 'not an entry', index: 3 },
    ])
  })

  it('misses the entry of a run that the database knows, unless some entries still wait', async () => {
    const later = { lastRunAt: start + 3_600_000 }
    expect(codes(await verified(log, later))).to.deep.equal(['run without entry'])
    expect((await verified(log, { ...later, unsealed: 1 })).state).to.equal('verified')
  })

  it('lists a hundred findings and counts the rest', async () => {
    const texts = Array.from({ length: 150 }, () => 'junk')
    const report = await verified({ texts, checkpoints: [checkpointAt(texts, 150)] }, { sealed: 150 })
    expect(report.findings).to.have.length(100)
    expect(report.more).to.equal(51)
  })

  it('accepts a log that has not begun only without a key', async () => {
    const empty = { texts: [], checkpoints: [] }
    const none = { sealed: 0, lastRunAt: null }
    expect((await verified(empty, { ...none, verifier: null })).state).to.equal('unverified')
    expect(codes(await verified(empty, { ...none, verifier }))).to.deep.equal(['no checkpoint'])
    const sealed = { texts: [], checkpoints: [checkpointAt([], 0)] }
    expect((await verified(sealed, none)).state).to.equal('verified')
  })

  it('has a sentence for a range of one and of many', () => {
    expect(findingText({ code: 'entries removed', from: 5, to: 6 })).to.equal('The entries at 5 are missing.')
    expect(findingText({ code: 'tail not signed', from: 7, to: 12 })).to.contain('from 7 to 11')
  })
})
