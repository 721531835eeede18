/** Another signing key, step by step as docs/operations.md says; and what is refused when a step is left out. */
import { expect } from 'chai'
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setSandboxNow } from '../../db/server-clock.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { leavesOf } from '../engine/kill.ts'
import { insert, sql } from '../engine/lab.ts'
import { siteFiles } from '../engine/site-files.ts'
import { inProcess } from './lab.ts'

const start = Date.parse('2026-06-01T10:00:00Z')

/** The checkpoints go into that folder, which is empty. */
async function sendTo({ folder: home }: Installation, folder: string): Promise<void> {
  const config = join(home, 'config/oubli.yml')
  const settings = JSON.parse(await readFile(config, 'utf8')) as { evidence: object }
  const evidence = { ...settings.evidence, sinks: { folder: join('..', folder) } }
  await writeFile(config, JSON.stringify({ ...settings, evidence }))
  await mkdir(join(home, folder))
}

eachDatabase('another signing key', (open) => {
  let one: Installation
  let away = ''
  before(async () => {
    one = await install(await open(), siteFiles, start)
    await sendTo(one, 'auditor')
    away = await mkdtemp(join(tmpdir(), 'oubli-key-'))
    await insert(one.database, 'prospects', [
      { id: 1, email: 'a@mail.example', first_name: 'Nom', collected_at: '2020-01-01 10:00:00' },
    ])
    await one.oubli(['run'])
    await one.approve()
    expect((await one.oubli(['run'])).exit).to.equal(0)
  })
  after(async () => {
    await rm(away, { recursive: true, force: true })
    await one.close()
  })

  const sent = async (): Promise<unknown> => {
    const { out, text } = await one.oubli(['run', '--json'])
    expect(out, text).to.match(/"exit":0/)
    return (JSON.parse(out) as { sinks: unknown }).sinks
  }

  const refusal = async (): Promise<readonly unknown[]> => {
    const { exit, text } = await one.oubli(['run'])
    return [exit, /E_[A-Z_]+/.exec(text)?.[0]]
  }
  const check = (...words: readonly string[]) => inProcess(away, ['audit', 'check', ...words])

  it('signs the same log, and what the old one signed stays valid under the old one', async () => {
    const [evidence, keys] = [join(one.folder, 'evidence'), join(one.folder, 'keys')]
    const erased = (await leavesOf(one.database)).find(({ kind }) => kind === 'subject.erased')
    const id = String(erased?.['id'])
    const receipt = join(away, 'old.tlog-proof')
    await writeFile(receipt, `${(await one.oubli(['audit', 'receipt', id])).out}\n`)
    const [copy, oldKey] = [join(away, 'evidence-until'), join(away, 'old.verifier')]
    await cp(evidence, copy, { recursive: true })
    await cp(join(keys, 'signing-key.verifier'), oldKey)

    await rename(join(keys, 'signing-key'), join(away, 'signing-key'))
    await rm(join(keys, 'signing-key.verifier'))
    expect((await one.oubli(['migrate'])).exit).to.equal(0)
    const newKey = join(keys, 'signing-key.verifier')
    expect(await readFile(newKey, 'utf8')).not.to.equal(await readFile(oldKey, 'utf8'))
    await setSandboxNow(one.database, start + 86_400_000)
    expect(await refusal()).to.deep.equal([4, 'E_CHECKPOINT_UNSIGNED'])
    await rm(join(evidence, 'checkpoint'))
    await rm(join(evidence, 'checkpoints'), { recursive: true })
    expect(await refusal()).to.deep.equal([6, 'E_EVIDENCE_CHANGED'])
    await sql(one.database, 'DELETE FROM oubli_checkpoint WHERE size >= 0')
    await sendTo(one, 'auditor-of-the-new-key')
    const taken = [{ name: 'folder', code: null }]
    expect(await sent()).to.deep.equal(taken)
    expect(await sent()).to.deep.equal(taken)
    const sink = join(one.folder, 'auditor-of-the-new-key')
    expect(await readdir(sink)).to.have.length(2)

    const verified = await one.oubli(['audit', 'verify', '--key', newKey])
    expect([verified.exit, verified.out.split('  ')[0]], verified.text).to.deep.equal([0, 'VERIFIED'])
    const both = await one.oubli(['audit', 'verify', '--against', copy])
    expect(both.out, 'the new log continues the old one')
      .to.match(/^UNVERIFIED/m)
      .and.not.match(/^FOUND/m)
    expect((await one.oubli(['audit', 'verify', '--key', oldKey])).exit).to.equal(6)

    expect((await check(receipt, '--key', oldKey)).out).to.match(/^VERIFIED/m)
    expect((await check(copy, '--key', oldKey)).out).to.match(/^VERIFIED/m)
    const again = join(away, 'new.tlog-proof')
    await writeFile(again, `${(await one.oubli(['audit', 'receipt', id])).out}\n`)
    expect((await check(again, '--key', newKey)).out).to.match(/^VERIFIED/m)
    expect((await check(again, '--key', oldKey)).exit).to.equal(6)

    await rm(sink, { recursive: true })
    await mkdir(sink)
    expect(await sent(), 'as before').to.deep.equal([{ name: 'folder', code: 'E_SINK_EMPTIED' }])
  })

  it('cannot be used to put in another past: the old checkpoints find it', async () => {
    const copy = join(away, 'evidence-until')
    await sql(
      one.database,
      `UPDATE oubli_entry SET leaf = REPLACE(leaf, 'prospects', 'prospect5') WHERE id = '${String((await leavesOf(one.database)).find(({ kind }) => kind === 'subject.erased')?.['id'])}'`,
    )
    for (const path of ['checkpoint', 'checkpoints', 'tile'])
      await rm(join(one.folder, 'evidence', path), { recursive: true })
    await sql(one.database, 'DELETE FROM oubli_checkpoint WHERE size >= 0')
    await setSandboxNow(one.database, start + 2 * 86_400_000)
    expect((await one.oubli(['run'])).exit).to.equal(0)
    const both = await one.oubli(['audit', 'verify', '--against', copy])
    expect(both.exit).to.equal(6)
    expect(both.out).to.match(
      /^FOUND {2}The entry at \d+ was changed in the files of the log; the signed root says so\.$/m,
    )
  })
})

eachDatabase('another signing key of a log so long that a run seals it before it begins', (open) => {
  it('may have an empty place too', async () => {
    const one = await install(await open(), siteFiles, start)
    const sinks = async (env: Readonly<Record<string, string>> = {}): Promise<unknown> => {
      const { out, text, exit } = await one.oubli(['run', '--json'], { env: { LANG: 'en', ...env } })
      expect(exit, text).to.equal(0)
      return (JSON.parse(out) as { sinks: unknown }).sinks
    }
    const taken = [{ name: 'folder', code: null }]
    try {
      const rows = Array.from({ length: 1001 }, (_, id) => ({
        ...{ id, email: `a${id}@mail.example`, first_name: 'Nom', collected_at: '2020-01-01 10:00:00' },
      }))
      await insert(one.database, 'prospects', rows)
      await one.oubli(['run'])
      await one.approve()
      await sendTo(one, 'auditor')
      expect(await sinks()).to.deep.equal(taken)

      const keys = join(one.folder, 'keys')
      for (const file of ['signing-key', 'signing-key.verifier']) await rm(join(keys, file))
      for (const path of ['checkpoint', 'checkpoints'])
        await rm(join(one.folder, 'evidence', path), { recursive: true })
      await sql(one.database, 'DELETE FROM oubli_checkpoint WHERE size >= 0')
      await setSandboxNow(one.database, start + 86_400_000)
      expect((await one.oubli(['migrate'])).exit).to.equal(0)
      await sendTo(one, 'auditor-of-the-new-key')
      expect(await sinks({ OUBLI_EVIDENCE_WAITING_AT_MOST: '1000' })).to.deep.equal(taken)
      const signed = await one.database.rows({ text: 'SELECT size FROM oubli_checkpoint', values: [] })
      expect(signed, 'before the run, and after it').to.have.length(2)

      const sink = join(one.folder, 'auditor-of-the-new-key')
      await rm(sink, { recursive: true })
      await mkdir(sink)
      expect(await sinks(), 'as before').to.deep.equal([{ name: 'folder', code: 'E_SINK_EMPTIED' }])
    } finally {
      await one.close()
    }
  })
})
