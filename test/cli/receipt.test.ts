/** Receipts on the command line: made beside the database, checked by somebody who has none. */
import { expect } from 'chai'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateSigningKey } from '../../audit/keys.ts'
import { release, takeLease } from '../../db/own/lease.ts'
import { eachDatabase } from '../databases.ts'
import { createLab, inProcess, type Lab } from './lab.ts'
import { approved } from '../approve.ts'

eachDatabase('oubli audit', (open) => {
  let lab: Lab
  let key = ''
  /** A folder of somebody else's, without settings. */
  let away = ''
  before(async () => {
    lab = await createLab(await open(), 80)
    away = await mkdtemp(join(tmpdir(), 'oubli-auditor-'))
    await lab.oubli(['migrate'])
    await lab.oubli(['run'])
    await approved(lab)
    expect((await lab.oubli(['run'])).exit).to.equal(0)
    key = join(lab.folder, 'keys/signing-key.verifier')
  })
  after(async () => {
    await rm(away, { recursive: true, force: true })
    await lab.close()
  })

  async function idOf(kind: string, field: 'id' | 'batch' | 'run'): Promise<string> {
    const rows = await lab.database.rows({ text: 'SELECT leaf FROM oubli_entry', values: [] })
    const entry = rows
      .map((row) => JSON.parse(String(row['leaf'])) as Record<string, string>)
      .find((one) => one['kind'] === kind)
    return entry?.[field] ?? ''
  }
  async function receipt(id: string): Promise<string> {
    const said = await lab.oubli(['audit', 'receipt', id])
    expect(said.exit, said.err).to.equal(0)
    const file = join(away, `${id}.tlog-proof`)
    await writeFile(file, `${said.out}\n`)
    return file
  }
  const check = (file: string, ...more: readonly string[]) =>
    inProcess(away, ['audit', 'check', file, ...more])

  it('gives a receipt of a batch, by its id or that of its entry, which is checked without a database', async () => {
    const file = await receipt(await idOf('rows.erased', 'batch'))
    expect(await readFile(file, 'utf8')).to.equal(
      await readFile(await receipt(await idOf('rows.erased', 'id')), 'utf8'),
    )
    const said = await check(file, '--key', key)
    expect(said.exit, said.out + said.err).to.equal(0)
    expect(said.out).to.match(
      /^A batch was erased on 2026-11-23 \d\d:\d\d UTC under the policy [a-z-]+, terms [0-9a-f]{16}…; rows: \w+ \d+ erased\.$/m,
    )
    expect(said.out).to.match(/^VERIFIED {2}entry \d+ of \d+ in the log /m)
    const text = (await readFile(key, 'utf8')).trim()
    expect((await check(file, '--key', text)).exit).to.equal(0)
    expect((await check(file, '--key', key, '--lang', 'fr')).out).to.match(
      /^Un lot a été effacé le .*; lignes\u00a0: /m,
    )
  })

  it('gives a receipt of a person and of a run', async () => {
    const person = await check(await receipt(await idOf('subject.erased', 'id')), '--key', key)
    // Which of them it is, their random ids decide; one of them was archived in part.
    expect(person.out).to.match(/^A person (was erased|left the active tables) on /m)
    const run = await check(await receipt(await idOf('run.finished', 'run')), '--key', key)
    expect(run.out).to.match(/^The run [0-9a-f]{32} ended: done\./m)
  })

  it('says UNVERIFIED without a key and FAILED for another one or a changed file, with exit 6', async () => {
    const file = await receipt(await idOf('rows.erased', 'id'))
    const none = await check(file)
    expect([none.exit, /^UNVERIFIED/m.test(none.out)]).to.deep.equal([6, true])
    const text = await readFile(file, 'utf8')
    const [own = ''] = (await readFile(key, 'utf8')).split('+')
    for (const name of [own, 'other.example/oubli']) {
      const { verifierText } = generateSigningKey(name, new Uint8Array(32).fill(3))
      const other = await check(file, '--key', verifierText)
      expect([other.exit, /^FAILED$/m.test(other.out)], other.out + other.err).to.deep.equal([6, true])
    }
    await writeFile(
      file,
      text.replace(/^index (\d)/m, (_, digit: string) => `index ${(Number(digit) + 1) % 10}`),
    )
    const changed = await check(file, '--key', key)
    expect([changed.exit, changed.out]).to.deep.equal([
      6,
      'FOUND  The entry in it does not stand in the signed log, or it was changed.\nFAILED',
    ])
    const json = JSON.parse((await check(file, '--key', key, '--json')).out) as { readonly fault: string }
    expect(json.fault).to.equal('not in the log')
  })

  it('has no receipt for what is not there', async () => {
    for (const id of ['nonsense', 'a'.repeat(32)]) {
      const said = await lab.oubli(['audit', 'receipt', id])
      expect([said.exit, said.err.split(' ')[0]]).to.deep.equal([2, 'E_NO_ENTRY'])
    }
    const other = { name: 'seal', owner: 'other' }
    await takeLease(lab.database, { ...other, now: Date.now(), ttlMs: 60_000 })
    await lab.oubli([
      ...['hold', 'add', 'account', '42', '--matter', 'M', '--because', 'b', '--by', 'DPO'],
      ...['--review-by', '2027-01-01'],
    ])
    await release(lab.database, other)
    const waiting = await idOf('hold.set', 'id')
    const said = await lab.oubli(['audit', 'receipt', waiting])
    expect([said.exit, said.err.split(' ')[0]]).to.deep.equal([2, 'E_NOT_SEALED'])
  })

  it('checks a copy of the log without a database, and the log against the copy', async () => {
    const copy = join(away, 'copy')
    await cp(join(lab.folder, 'evidence'), copy, { recursive: true })
    const said = await check(copy, '--key', key)
    expect([said.exit, /^VERIFIED/m.test(said.out)], said.out).to.deep.equal([0, true])
    expect((await check(copy)).out).to.match(/^UNVERIFIED/m)
    await lab.oubli(['run'])
    const against = ['audit', 'verify', '--key', key, '--against', copy, '--since', join(copy, 'checkpoint')]
    const verified = await lab.oubli(against)
    expect(verified.exit, verified.out).to.equal(0)
    expect(verified.out).to.match(/^Checkpoints from elsewhere that were compared: [2-9]$/m)
    const bundle = (await lab.oubli(['status', '--json'])).out
    expect(bundle).to.contain('"sealed"')
    // One byte of the copy: the log says that it is the copy that is wrong.
    const [, size = ''] = (await readFile(join(copy, 'checkpoint'), 'utf8')).split('\n')
    const full = Number(size) >= 256
    const path = join(copy, full ? 'tile/entries/000' : `tile/entries/000.p/${size}`)
    const bytes = await readFile(path)
    // Each entry has its length before it, in two bytes.
    const second = 2 + bytes.readUInt16BE(0)
    const at = second + 2 + Math.floor(bytes.readUInt16BE(second) / 2)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    await writeFile(path, bytes)
    const found = await lab.oubli(against)
    expect(
      [found.exit, /^FOUND {2}The entry at 1 is another in the copy;/m.test(found.out)],
      found.out,
    ).to.deep.equal([6, true])
    const alone = await check(copy, '--key', key)
    expect([alone.exit, alone.out]).to.satisfy(
      ([exit, out]: [number, string]) =>
        exit === 6 && /^FOUND {2}The entry at 1 was changed in the files of the log;/m.test(out),
    )
  })

  it('refuses to compare the log with a folder that has nothing to compare', async () => {
    const empty = join(away, 'empty')
    await mkdir(empty)
    const wrong = join(away, 'wrong')
    await mkdir(join(wrong, 'checkpoints'), { recursive: true })
    await writeFile(join(wrong, 'notes.txt'), 'nothing')
    for (const [folder, found] of [
      [join(away, 'not-mounted'), 'no folder'],
      [key, 'no folder'],
      [empty, 'no checkpoint in it'],
      [wrong, 'no checkpoint in it'],
    ] as const) {
      const said = await lab.oubli(['audit', 'verify', '--key', key, '--against', folder])
      expect([said.exit, said.out], folder).to.deep.equal([2, ''])
      expect(said.err)
        .to.match(/^E_FILE_UNREADABLE /)
        .and.to.contain(`found ${found}`)
    }
  })
})
