/** The receipt that names a person: to whoever knows the key, as long as the policy says, and to nobody else. */
import { expect } from 'chai'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateSigningKey } from '../../audit/keys.ts'
import type { Opening, ReceiptCheck } from '../../audit/receipt.ts'
import { readTlogProof, tlogProofText } from '../../audit/tlog-proof.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation, type Said, type SiteFiles } from '../engine/installation.ts'
import { killAt, later } from '../engine/kill.ts'
import { dumpOf, insert, sql } from '../engine/lab.ts'
import { filesWithReceipts, siteFiles } from '../engine/site-files.ts'
import { inProcess } from './lab.ts'

const start = Date.parse('2026-06-01T10:00:00Z')

/** People with a key of two columns, who are anonymised. */
const files: SiteFiles = {
  ...filesWithReceipts,
  tables: [
    ...filesWithReceipts.tables,
    'CREATE TABLE members (shop VARCHAR(8) NOT NULL, number INTEGER NOT NULL, email VARCHAR(190) NOT NULL, joined_at DATETIME NOT NULL, PRIMARY KEY (shop, number))',
    'CREATE INDEX members_joined ON members (joined_at)',
  ],
  dataMap: `${filesWithReceipts.dataMap}
  member:
    table: members
    key: [shop, number]
    identity: [shop, number, joined_at]
    subject: true
    events:
      joined: { column: joined_at }
    personal: { email: unique_address }
`,
  policies: {
    ...filesWithReceipts.policies,
    members: filesWithReceipts.policies['prospects']!.replace('policy: prospects', 'policy: members')
      .replace('data: prospect', 'data: member')
      .replace('counted_from: collected', 'counted_from: joined')
      .replace('then: erase', 'then: anonymise')
      .replace('receipts: 60 days', 'receipts: P3M')
      .replace(/^but: .*\n/m, ''),
  },
}

async function addProspect(one: Installation, id: number, collected = '2020-01-01 10:00:00'): Promise<void> {
  await insert(one.database, 'prospects', [
    { id, email: `quaxil${id}@mail.example`, first_name: 'Zoé', collected_at: collected },
  ])
}

eachDatabase('a receipt for the person', (open) => {
  let one: Installation
  /** A folder of somebody else's, without settings. */
  let away = ''
  let key = ''
  /** People 1 to 3 and one member are due and approved; number 4 is not due. */
  beforeEach(async () => {
    one = await install(await open(), files, start)
    away = await mkdtemp(join(tmpdir(), 'oubli-person-'))
    key = join(one.folder, 'keys/signing-key.verifier')
    for (const id of [1, 2, 3]) await addProspect(one, id)
    await addProspect(one, 4, '2026-05-30 10:00:00')
    await insert(one.database, 'members', [
      { shop: 'fr', number: 7, email: 'quaxil7@mail.example', joined_at: '2020-01-01 10:00:00' },
    ])
    await one.oubli(['run'])
    await one.approve()
  })
  afterEach(async () => {
    await rm(away, { recursive: true })
    await one.close()
  })

  async function erase(now = start): Promise<void> {
    await setSandboxNow(one.database, now)
    const said = await one.oubli(['run', '--accept-clock-gap'])
    expect(said.exit, said.text).to.equal(0)
  }
  const ask = (...words: readonly string[]): Promise<Said> =>
    one.oubli(['audit', 'receipt', '--person', ...words])
  const refusal = async (...words: readonly string[]): Promise<readonly [number, string]> => {
    const { exit, text } = await ask(...words)
    return [exit, text.split(' ')[0] ?? '']
  }
  async function receipt(...words: readonly string[]): Promise<string> {
    const said = await ask(...words)
    expect(said.exit, said.text).to.equal(0)
    return `${said.out}\n`
  }
  async function check(text: string, ...more: readonly string[]) {
    const file = join(away, 'receipt.tlog-proof')
    await writeFile(file, text)
    return await inProcess(away, ['audit', 'check', file, ...more])
  }
  async function openingIn(text: string): Promise<Opening | null> {
    const said = await check(text, '--key', key, '--json')
    return (JSON.parse(said.out) as ReceiptCheck).said?.opening ?? null
  }
  const kept = () => dumpOf(one.database, 'oubli_opening')

  it('names who was erased, offline, and nobody to another key or with another salt', async () => {
    await erase()
    const text = await receipt('prospect', '1')
    const said = await check(text, '--key', key)
    expect(said.exit, said.out + said.err).to.equal(0)
    expect(said.out).to.match(/^A person was erased on 2026-06-01 10:00 UTC under the policy prospects, /)
    expect(said.out)
      .to.match(/^The person is prospect 1\.$/m)
      .and.match(/^VERIFIED /m)
    expect((await openingIn(text))?.identity[0]).to.equal('1')

    const other = generateSigningKey('site.example/oubli').verifierText
    const unknown = await check(text, '--key', other)
    expect([unknown.exit, unknown.out.split('\n').at(-1)]).to.deep.equal([6, 'FAILED'])
    const proof = readTlogProof(text)!
    const [entry, second] = Buffer.from(proof.extra!).toString('utf8').split('\n')
    const opening = JSON.parse(second!) as Opening
    for (const wrong of [
      { ...opening, salt: 'ab'.repeat(32) },
      { ...opening, key: ['2'] },
      (await openingIn(await receipt('prospect', '2')))!,
    ]) {
      const extra = Buffer.from(`${entry}\n${JSON.stringify(wrong)}`)
      const changed = await check(tlogProofText({ ...proof, extra }), '--key', key)
      expect([changed.exit, changed.out]).to.deep.equal([
        6,
        'FOUND  The person named in it is not the one of the entry.\nFAILED',
      ])
    }
  })

  it('takes a key of several columns, and names who was anonymised', async () => {
    await erase()
    const said = await check(await receipt('member', 'fr,7'), '--key', key)
    expect(said.out)
      .to.match(/^A person was anonymised /)
      .and.match(/^The person is member fr, 7\.$/m)
    expect(await refusal('member', 'fr,8')).to.deep.equal([2, 'E_NOT_ERASED'])
    expect(await refusal('member', 'fr7')).to.deep.equal([2, 'E_NOT_ERASED'])
  })

  it('is there for nobody who was not erased', async () => {
    expect(await refusal('prospect', '1')).to.deep.equal([2, 'E_NOT_ERASED'])
    await erase()
    for (const words of [
      ['prospect', '4'],
      ['prospect', '99'],
      ['account', '1'],
    ])
      expect(await refusal(...words), words.join(' ')).to.deep.equal([2, 'E_NOT_ERASED'])
  })

  it('says after it was delivered on which day of the site the person was erased', async () => {
    await erase(Date.parse('2026-06-01T22:30:00Z'))
    await ask('prospect', '1', '--delivered')
    expect((await ask('prospect', '1')).text).to.match(
      /^E_RECEIPT_OVER .* left \(erased or archived\) on 2026-06-02 under/,
    )
  })

  it('can be printed again until it was delivered, and stays valid after that', async () => {
    await erase()
    const text = await receipt('prospect', '1')
    expect(await receipt('prospect', '1')).to.equal(text)
    const said = await ask('prospect', '1', '--delivered')
    expect([said.exit, said.text]).to.deep.equal([
      0,
      `Delivered: nothing here opens the entry ${/"id":"([0-9a-f]+)"/.exec(entryIn(text))?.[1]} any more.`,
    ])
    const again = await ask('prospect', '1')
    expect(again.text).to.match(
      /^E_RECEIPT_OVER {2}the prospect with this key left \(erased or archived\) on 2026-06-01 /,
    )
    expect(await refusal('prospect', '1', '--delivered')).to.deep.equal([2, 'E_RECEIPT_OVER'])
    const id = /oubli audit receipt ([0-9a-f]{32})/.exec(again.text)?.[1] ?? ''
    const unnamed = await one.oubli(['audit', 'receipt', id])
    expect(await openingIn(`${unnamed.out}\n`)).to.equal(null)
    expect((await check(text, '--key', key)).out).to.match(/^The person is prospect 1\.$/m)
    expect(await kept()).to.have.length(3)
    const told = JSON.parse((await ask('prospect', '2', '--delivered', '--json')).out) as object
    expect(told).to.include.keys('entry').and.include({ delivered: true })
    expect(Object.keys(JSON.parse((await ask('prospect', '3', '--json')).out) as object)).to.deep.equal([
      'receipt',
    ])
  })

  it('is over with its last day, and then removed by the next run', async () => {
    await erase()
    // 60 days after 1 June, in Paris.
    const over = Date.parse('2026-07-31T22:00:00Z')
    await setSandboxNow(one.database, over - 1)
    await receipt('prospect', '1')
    await setSandboxNow(one.database, over)
    expect(await refusal('prospect', '1')).to.deep.equal([2, 'E_RECEIPT_OVER'])
    expect(await kept()).to.have.length(4)
    await erase(over)
    expect(await kept()).to.have.length(1)
    await receipt('member', 'fr,7')
  })

  it('waits for the sealing, and cannot have been delivered before', async () => {
    expect(await killAt(one, { point: 'committed' }, ['run', '--policy', 'prospects'])).to.equal('SIGKILL')
    expect(await refusal('prospect', '1')).to.deep.equal([2, 'E_NOT_SEALED'])
    expect(await refusal('prospect', '1', '--delivered')).to.deep.equal([2, 'E_NOT_SEALED'])
    expect((await one.oubli(['run'], { clock: () => Date.now() + later() })).exit).to.equal(0)
    await receipt('prospect', '1')
  })

  it('leaves nothing of a batch that was killed', async () => {
    expect(await killAt(one, { point: 'evidence written' })).to.equal('SIGKILL')
    expect(await kept()).to.deep.equal([])
    expect((await one.oubli(['run'], { clock: () => Date.now() + later() })).exit).to.equal(0)
    expect(await kept()).to.have.length(4)
  })

  it('is of the latest of several who had one key, each with an entry of their own', async () => {
    await erase()
    await addProspect(one, 1, '2020-02-02 10:00:00')
    await erase(start + 86_400_000)
    expect(await kept()).to.have.length(5)
    const since = async () => (await openingIn(await receipt('prospect', '1')))?.identity[1]
    expect(await since()).to.match(/^2020-02-02/)
    await ask('prospect', '1', '--delivered')
    expect(await since()).to.match(/^2020-01-01/)
  })

  it('is not made of a row that somebody changed or moved to another entry', async () => {
    await erase()
    const [first, second] = await kept()
    const put = (sealed: string, entry: string) =>
      sql(one.database, 'UPDATE oubli_opening SET sealed = ? WHERE entry_id = ?', sealed, entry)
    await put(String(second?.['sealed']), String(first?.['entry_id']))
    await put('x', String(second?.['entry_id']))
    const exits = []
    for (const id of ['1', '2', '3']) exits.push((await ask('prospect', id)).exit)
    exits.push((await ask('member', 'fr,7')).exit)
    expect(exits.sort()).to.deep.equal([0, 0, 6, 6])
  })

  it('is asked for with kind and key, and delivered to somebody', async () => {
    for (const words of [
      ['--person', 'prospect'],
      ['prospect', '1'],
      ['prospect', '1', '--delivered'],
      ['a'.repeat(32), '--delivered'],
    ]) {
      const said = await one.oubli(['audit', 'receipt', ...words])
      expect([said.exit, said.text.split('\n')[0]], words.join(' ')).to.deep.equal([
        2,
        'E_USAGE  expected an id, or --person with kind and key; --delivered goes with --person',
      ])
    }
  })
})

eachDatabase('a policy without receipts', (open) => {
  it('keeps nothing that opens its evidence', async () => {
    const one = await install(await open(), siteFiles, start)
    try {
      await addProspect(one, 1)
      await one.oubli(['run'])
      await one.approve()
      expect((await one.oubli(['run'])).exit).to.equal(0)
      expect(await dumpOf(one.database, 'prospects')).to.deep.equal([])
      expect(await dumpOf(one.database, 'oubli_opening')).to.deep.equal([])
      const said = await one.oubli(['audit', 'receipt', '--person', 'prospect', '1'])
      expect([said.exit, said.text.split(' ')[0]]).to.deep.equal([2, 'E_RECEIPT_OVER'])
    } finally {
      await one.close()
    }
  })
})

function entryIn(text: string): string {
  return Buffer.from(readTlogProof(text)?.extra ?? []).toString('utf8')
}
