import { expect } from 'chai'
import type { Entry, WarningAcceptedEntry } from '../../audit/entry.ts'
import { proveLedger, type ProvenLedger } from '../../audit/ledger-proof.ts'
import type { DepartureLine, LedgerLine, MailLine, MarkLine } from '../../audit/ledger.ts'
import { personEntry } from './sample-log.ts'

const day = (at: number): string => new Date(at).toISOString().slice(0, 10)
const hash = (digit: string): string => digit.repeat(64)

const entry = personEntry(1)
const line: DepartureLine = {
  ...{ v: '1', what: 'erased', kind: 'account', policy: entry.policy.id, key: hash('1'), person: hash('2') },
  ...{ entry: entry.id, at: entry.as_of },
}

const accepted: WarningAcceptedEntry = {
  ...{ v: '1', id: '3'.repeat(32), kind: 'warning.accepted', t: '2026-06-01T10:05:00.000Z', tool: '0.1.0' },
  policy: { id: 'inactive-accounts', terms: hash('4') },
  ...{ subject: hash('5'), round: '0', step: '1', announced: '2026-07-01' },
}
const mail: MailLine = {
  ...{ v: '1', what: 'mail accepted', kind: 'account', policy: 'inactive-accounts', mail: hash('6') },
  ...{ round: '0', step: '1', terms: hash('4') },
  ...{ announced: '2026-07-01T00:00:00.000Z', at: '2026-06-01T10:05:00.000Z' },
}

function prove(lines: readonly LedgerLine[], entries: readonly Entry[]): ProvenLedger {
  const ledger = proveLedger(day)
  for (const each of lines) ledger.addLine(each)
  entries.forEach((each, index) => {
    ledger.addEntry(index, each)
  })
  return ledger.proven()
}

describe('a line about a person', () => {
  const proofs = ({ people }: ProvenLedger) => [...people.values()].flat().map(({ proof }) => proof)

  it('is proven by the entry that says the same, with its place, its terms and what was done', () => {
    const found = prove([line, line], [personEntry(7), entry])
    const acts = new Set(['orders erase', 'users erase'])
    expect(proofs(found)).to.deep.equal([{ index: 1, terms: entry.policy.terms, acts }])
    expect(found.forged).to.equal(0)
  })

  it('is not proven while the log does not have its entry', () => {
    const found = prove([line], [personEntry(7)])
    expect([proofs(found), found.forged]).to.deep.equal([[null], 0])
  })

  it('is forged when its entry says something else, or somebody else has it too', () => {
    const other = { ...line, person: hash('9') }
    const wrong: readonly (readonly [string, readonly LedgerLine[], Entry])[] = [
      ['act', [line], { ...entry, kind: 'subject.anonymised' }],
      ['policy', [line], { ...entry, policy: { ...entry.policy, id: 'other' } }],
      ['day', [line], { ...entry, as_of: '2026-11-23T04:30:00.000Z' }],
      ['kind', [line], { ...accepted, id: entry.id }],
      ['two people', [line, other], entry],
      ['two days', [line, { ...line, at: '2026-11-23T04:30:00.000Z' }], entry],
    ]
    for (const [what, lines, said] of wrong) {
      const found = prove(lines, [said])
      expect([found.forged, proofs(found).every((proof) => proof === null)], what).to.deep.equal([1, true])
    }
    expect(prove([line, other], []).forged, 'without an entry nobody knows').to.equal(0)
  })
})

describe('a line about a mail', () => {
  const kept = ({ mails }: ProvenLedger) => [...mails.values()].flat().length

  it('needs an entry like it for each mail, and none is left over', () => {
    const second = { ...mail, mail: hash('7') }
    const more = { ...accepted, id: '8'.repeat(32) }
    expect(kept(prove([mail, mail], [accepted]))).to.equal(1)
    expect(kept(prove([mail, second], [accepted, more]))).to.equal(2)
    const found = prove([mail, second], [accepted])
    expect([kept(found), found.unnamedMails]).to.deep.equal([0, 2])
  })

  it('is told from others by all that the entry says', () => {
    const changes: readonly Partial<WarningAcceptedEntry>[] = [
      { policy: { ...accepted.policy, id: 'other' } },
      { policy: { ...accepted.policy, terms: hash('0') } },
      { round: '1' },
      { step: '2' },
      { announced: '2026-06-30' },
      { t: '2026-06-01T10:06:00.000Z' },
    ]
    for (const change of changes) {
      const found = prove([mail], [{ ...accepted, ...change }])
      expect([kept(found), found.unnamedMails], JSON.stringify(change)).to.deep.equal([0, 1])
    }
  })

  it('says nothing of a mail that came back, in whichever order', () => {
    const back: MailLine = { ...mail, what: 'mail returned', at: '2026-06-02T10:05:00.000Z' }
    for (const lines of [
      [mail, back],
      [back, mail],
    ]) {
      const found = prove(lines, [accepted])
      expect([kept(found), found.unnamedMails]).to.deep.equal([0, 0])
    }
  })

  it('counts when a mail left anew from its place after one had come back, in whichever order', () => {
    const back: MailLine = { ...mail, what: 'mail returned', at: '2026-06-02T10:05:00.000Z' }
    const later = { at: '2026-06-03T10:05:00.000Z', announced: '2026-07-03T00:00:00.000Z' }
    const anew: MailLine = { ...mail, ...later }
    const entries = [accepted, { ...accepted, id: '8'.repeat(32), t: later.at, announced: '2026-07-03' }]
    for (const lines of [
      [mail, back, anew],
      [anew, back, mail],
      [back, mail, anew],
    ]) {
      const found = prove(lines, entries)
      expect([...found.mails.values()].flat()).to.deep.equal([anew])
      expect([...found.takenBack.values()].flat(), 'it still did').to.deep.equal([back])
      expect(found.unnamedMails).to.equal(0)
    }
    const again: MailLine = { ...back, at: later.at }
    for (const lines of [
      [mail, back, anew, again],
      [again, anew, back, mail],
    ]) {
      const found = prove(lines, entries)
      expect([...found.mails.values()].flat(), 'came back in the minute in which it left').to.deep.equal([])
      expect([...found.takenBack.values()].flat()).to.deep.equal([again])
    }
  })
})

describe('a mark of a person', () => {
  const putBack: Entry = {
    ...{ v: '1', id: '7'.repeat(32), kind: 'subject.put-back', t: '2026-12-01T10:05:00.000Z', tool: '0.1.0' },
    ...{ hold: '8'.repeat(32), subject: hash('5') },
  }
  const mark: MarkLine = {
    ...{ v: '1', what: 'put back', kind: 'account', key: hash('1'), person: line.person },
    ...{ entry: putBack.id, at: '2026-12-01T10:05:31.000Z' },
  }
  const again = { ...personEntry(9), policy: entry.policy }
  const anew: DepartureLine = { ...line, entry: again.id, at: again.as_of }

  it('takes away what was done before it, and nothing that was done after it', () => {
    expect(prove([line, mark], [entry, putBack]).people.size).to.equal(0)
    const found = prove([line, mark, anew], [entry, putBack, again])
    expect([...found.people.values()].flat().map((one) => one.line.entry)).to.deep.equal([again.id])
    expect(found.forged).to.equal(0)
    const other = { ...mark, person: hash('9') }
    expect(prove([line, other], [entry, putBack]).people.size, 'of somebody else').to.equal(1)
  })

  it('is missed: whoever went before an entry that no line explains may be the one who was put back', () => {
    const found = prove([line, anew], [entry, putBack, again])
    const proofs = [...found.people.values()].flat().map(({ proof }) => proof?.index ?? null)
    expect(proofs).to.deep.equal([null, 2])
    expect(found.forged).to.equal(0)
  })

  it('counts only with an entry of the log that says the same', () => {
    expect(prove([line, mark], [entry]).people.size, 'no entry').to.equal(1)
    for (const wrong of [
      { ...putBack, t: '2026-12-02T10:05:00.000Z' },
      { ...accepted, id: putBack.id },
    ]) {
      const found = prove([line, mark], [entry, wrong])
      expect([found.people.size, found.forged], wrong.kind).to.deep.equal([1, 1])
    }
  })

  const kept: Entry = {
    ...{ v: '1', id: '6'.repeat(32), kind: 'request.kept', t: '2026-12-01T10:05:00.000Z', tool: '0.1.0' },
    ...{ request: '4'.repeat(32), subject: hash('5') },
  }
  const asked: MarkLine = { ...mark, what: 'kept', entry: kept.id }

  it('is forged when two lines that differ name its entry, in whichever order', () => {
    for (const change of [{ person: hash('9') }, { key: hash('9') }, { at: '2026-12-01T11:05:31.000Z' }])
      for (const own of [mark, asked])
        for (const lines of [
          [own, { ...own, ...change }],
          [{ ...own, ...change }, own],
        ])
          expect(prove(lines, [putBack, kept]).forged, JSON.stringify(change)).to.equal(1)
    const twice = prove([line, mark, mark, asked, asked], [entry, putBack, kept])
    expect([twice.forged, twice.people.size, twice.kept.size], 'the same in two files').to.deep.equal([
      0, 0, 1,
    ])
  })

  it('says who asked to stay, and by which request', () => {
    const found = prove([line, asked], [entry, kept])
    expect(found.kept.get(line.person)).to.deep.equal([{ line: asked, request: kept.request, index: 1 }])
    expect(found.people.size).to.equal(1)
  })
})
