import { expect } from 'chai'
import { entryText } from '../../audit/entry-text.ts'
import { generateSigningKey, readSigningKey, readVerifierKey } from '../../audit/keys.ts'
import { signNote, unsignedTextOf } from '../../audit/note.ts'
import { inclusionProof } from '../../audit/proof.ts'
import { checkReceipt, receiptText, type Opening } from '../../audit/receipt.ts'
import { rangeRootIn } from '../../audit/tile-proof.ts'
import { readTlogProof, tlogProofText } from '../../audit/tlog-proof.ts'
import { commitTo } from '../../base/subject-ref.ts'
import {
  checkpointAt,
  logOf,
  personEntry,
  readerOf,
  runEntry,
  signing,
  start,
  verifier,
} from './sample-log.ts'

const salt = new Uint8Array(32).fill(7)
const person = { kind: 'account', key: ['42'], identity: ['42', '2020-01-01 10:00:00', null] }
const opening: Opening = { ...person, salt: Buffer.from(salt).toString('hex') }
const named = entryText({ ...personEntry(5), subject: commitTo(person, salt).commitment })
const texts = [
  ...Array.from({ length: 5 }, (_, at) => entryText(personEntry(at))),
  named,
  entryText(runEntry(9, start)),
]
const log = logOf(texts, [7])

async function receiptAt(index: number, opened: Opening | null = null): Promise<string> {
  const path = await inclusionProof(rangeRootIn(readerOf(log.files).read, 7), 7, index)
  return receiptText({
    entry: texts[index]!,
    opening: opened,
    index,
    path,
    checkpoint: checkpointAt(texts, 7),
  })
}

describe('a receipt', () => {
  it('proves its entry to whoever has the key, and nothing more', async () => {
    const check = checkReceipt(await receiptAt(6), verifier)
    expect(check).to.deep.include({ state: 'verified', fault: null })
    expect(check.said).to.deep.include({ index: 6, size: 7, opening: null, origin: 'shop.example/oubli' })
    expect(check.said?.entry.kind).to.equal('run.finished')
  })

  it('is unverified without a key', async () => {
    expect(checkReceipt(await receiptAt(2), null).state).to.equal('unverified')
  })

  it('opens the commitment to its person, and to nobody else', async () => {
    expect(checkReceipt(await receiptAt(5, opening), verifier).said?.opening).to.deep.equal(opening)
    const others: readonly Opening[] = [
      { ...opening, key: ['43'] },
      { ...opening, kind: 'prospect' },
      { ...opening, identity: ['42', '2020-01-01 10:00:01', null] },
      { ...opening, salt: 'ab'.repeat(32) },
    ]
    for (const other of others)
      expect(checkReceipt(await receiptAt(5, other), verifier).fault).to.equal('another person')
    expect(checkReceipt(await receiptAt(4, opening), verifier).fault).to.equal('another person')
    expect(checkReceipt(await receiptAt(6, opening), verifier).fault).to.equal('another person')
  })

  it('is refused when any byte of it is changed, any line is removed, or its end is cut', async () => {
    const text = await receiptAt(5, opening)
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes)
      changed[at] = bytes[at]! ^ 1
      expect(checkReceipt(changed.toString(), verifier).state, `byte ${at}`).to.equal('failed')
      expect(checkReceipt(bytes.toString('utf8', 0, at), verifier).state, `${at} bytes left`).to.equal(
        'failed',
      )
    }
    const lines = text.split('\n')
    for (const at of lines.keys())
      expect(checkReceipt(lines.toSpliced(at, 1).join('\n'), verifier).state, `line ${at}`).to.equal('failed')
  })

  it('says what is wrong with it', async () => {
    const text = await receiptAt(3)
    const fault = (changed: string) => checkReceipt(changed, verifier).fault
    const other = readSigningKey(generateSigningKey('other.example').privateText)
    const note = checkpointAt(texts, 7)
    const read = unsignedTextOf(note) ?? ''
    expect(fault('nonsense')).to.equal('not a receipt')
    expect(fault(text.replace('index 3', 'index 2'))).to.equal('not in the log')
    expect(fault(text.replace(/^7$/m, '8'))).to.equal('signature invalid')
    expect(fault(text.replace(note, signNote(read, other)))).to.equal('unknown key')
    expect(fault(text.replace(note, signNote(read.replace('shop', 'stop'), signing)))).to.equal('other log')
    expect(fault(text.replace(note, signNote('hello\n', signing)))).to.equal('checkpoint unreadable')
    const twin = readVerifierKey(generateSigningKey('shop.example/oubli').verifierText)
    expect(checkReceipt(text, twin).fault).to.equal('unknown key')
    const junk = logOf(['junk'], [1])
    const proof = { index: 0, path: [], opening: null, entry: 'junk', checkpoint: checkpointAt(['junk'], 1) }
    expect(junk.rows).to.deep.equal(['junk'])
    expect(fault(receiptText(proof))).to.equal('not an entry')
  })
})

describe('the text of a proof', () => {
  // The example of C2SP tlog-proof; its signatures and its extra line are shortened there, so they are not used.
  const example = `c2sp.org/tlog-proof@v1
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=
RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=
AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=

example.com/fancylog
109482
sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=

— example.com/fancylog hI2DJw
`

  it('is read and written as in the example of the specification', () => {
    const proof = readTlogProof(example)
    expect(proof).to.include({ index: 73894, extra: null })
    expect(proof?.path).to.have.length(5)
    expect(proof?.checkpoint.split('\n').slice(0, 2)).to.deep.equal(['example.com/fancylog', '109482'])
    if (proof !== null) expect(tlogProofText(proof)).to.equal(example)
    const extra = Buffer.from('some data')
    if (proof !== null) expect(readTlogProof(tlogProofText({ ...proof, extra }))?.extra).to.deep.equal(extra)
  })

  it('is refused in another form', () => {
    const wrong = [
      example.replace('@v1', '@v2'),
      example.replace('index 73894', 'index 073894'),
      example.replace('index 73894', 'index -1'),
      example.replace('index 73894\n', ''),
      example.replace('index 73894', 'extra !!!\nindex 73894'),
      example.replace('index 73894', 'index 73894\nextra AAAA'),
      example.replace('PlQ=\n', 'PlQ\n'),
      example.replace('gSKy', ''),
      example.replaceAll('\n', '\r\n'),
    ]
    for (const text of wrong) expect(readTlogProof(text), text.slice(0, 60)).to.equal(null)
  })
})
