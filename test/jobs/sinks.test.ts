/** Where the checkpoint goes after a run, and what is said when it goes nowhere. */
import { expect } from 'chai'
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createLab, monday, type Lab } from '../cli/lab.ts'
import { eachDatabase } from '../databases.ts'
import { backUp, restore } from '../replay/restored-site.ts'
import { startRelay } from '../scenarios/relay.ts'
import { readSinks } from '../../db/own/sinks.ts'
import { setSandboxNow } from '../../db/server-clock.ts'

interface RunJson {
  readonly exit: number
  readonly sinks: readonly { readonly name: string; readonly code: string | null }[]
}

eachDatabase('the checkpoint of a run', (open) => {
  let lab: Lab
  beforeEach(async () => {
    lab = await createLab(await open(), 20)
    await lab.oubli(['migrate'])
  })
  afterEach(() => lab.close())

  async function sinks(set: Readonly<Record<string, string>>): Promise<void> {
    const settings = JSON.parse(await readFile(lab.config, 'utf8')) as { evidence?: object }
    await writeFile(
      lab.config,
      JSON.stringify({ ...settings, evidence: { ...settings.evidence, sinks: set } }),
    )
  }
  const checkpoint = () => readFile(join(lab.folder, 'evidence/checkpoint'), 'utf8')
  const run = async () => JSON.parse((await lab.oubli(['run', '--json'])).out) as RunJson

  it('that stays on the host is a warning of every run, of doctor, and in French', async () => {
    expect((await run()).sinks).to.deep.equal([])
    const said = await lab.oubli(['run'])
    expect(said.exit).to.equal(0)
    expect(said.out).to.match(
      /^WARNING {2}The checkpoint stays on this host.*evidence\.sinks\.\nwhy stopped/m,
    )
    expect(said.err).to.contain('evidence.no-sink')
    expect((await lab.oubli(['run', '--lang', 'fr'])).out).to.match(/^WARNING {2}Le point de contrôle reste/m)
    expect((await lab.oubli(['doctor'])).out).to.match(/checkpoints.*stay on this host/)
  })

  it('that stays on the host is a warning of every report, on the terminal and on the page, in both languages', async () => {
    const warnings = {
      en: 'No checkpoint leaves this host: if log and database were both put back to an older day, nobody would notice.',
      fr: 'Aucun point de contrôle ne quitte cette machine : si le journal et la base revenaient ensemble à un jour plus ancien, personne ne le verrait.',
    }
    const reports = async (lang: keyof typeof warnings): Promise<readonly string[]> => {
      const file = join(lab.folder, `report-${lang}.html`)
      const said = await lab.oubli(['report', '--lang', lang, '--html', file])
      expect(said.exit, said.err).to.equal(0)
      const [, list = ''] = /<ul class="matters">([\s\S]*?)<\/ul>/.exec(await readFile(file, 'utf8')) ?? []
      const items = list.split('<li>').map((item) => item.replace(/<[^>]*>/g, ''))
      return [...said.out.split('\n'), ...items].map((line) =>
        line.replace(/^- /, '').replace(/\s+/g, ' ').trim(),
      )
    }
    await run()
    for (const lang of ['en', 'fr'] as const) {
      const lines = (await reports(lang)).filter((line) => line === warnings[lang])
      expect(lines, `${lang}: terminal and page`).to.have.length(2)
    }
    const json = JSON.parse((await lab.oubli(['report', '--json'])).out) as Record<string, unknown>
    expect(JSON.stringify(json['matters'])).to.include('noSink')
    await mkdir(join(lab.folder, 'elsewhere'))
    await sinks({ folder: 'elsewhere' })
    await run()
    for (const lang of ['en', 'fr'] as const) expect(await reports(lang)).not.to.include(warnings[lang])
  })

  it('goes into a folder, one file each, against which the log is verified later', async () => {
    const folder = join(lab.folder, 'elsewhere')
    await mkdir(folder)
    await sinks({ folder: 'elsewhere' })
    expect((await run()).sinks).to.deep.equal([{ name: 'folder', code: null }])
    await run()
    const names = (await readdir(folder)).sort()
    expect(names).to.have.length(2)
    expect(await readFile(join(folder, names[1] ?? ''), 'utf8')).to.equal(await checkpoint())
    const key = join(lab.folder, 'keys/signing-key.verifier')
    const against = ['audit', 'verify', '--key', key, '--against', folder]
    expect((await lab.oubli(against)).out).to.match(/^VERIFIED/m)
    expect((await lab.oubli(['doctor'])).out).to.match(/checkpoints.*go to a place off this host/)
    // Log and database both put back to a day without evidence: only what lies elsewhere knows better.
    await rm(join(lab.folder, 'evidence'), { recursive: true })
    for (const rows of [
      'oubli_seal WHERE leaf_index >= 0',
      "oubli_entry WHERE id >= ''",
      "oubli_waiting WHERE entry_id >= ''",
      'oubli_checkpoint WHERE size >= 0',
    ])
      await lab.database.run({ text: `DELETE FROM ${rows}`, values: [] })
    await run()
    expect((await lab.oubli(['audit', 'verify', '--key', key])).out).to.match(/^VERIFIED/m)
    const found = await lab.oubli(against)
    expect(found.exit).to.equal(6)
    expect(found.out).to.match(/elsewhere\/\d+: (\d+ entries were signed|cannot follow|the entries)/)
  })

  it('does not go into a folder that has lost what it took, as an empty mount point', async () => {
    const folder = join(lab.folder, 'elsewhere')
    const checkpoints = join(lab.folder, 'evidence/checkpoints')
    await mkdir(folder)
    await sinks({ folder: 'elsewhere' })
    await run()
    await rm(folder, { recursive: true })
    await mkdir(folder)
    const emptied = [{ name: 'folder', code: 'E_SINK_EMPTIED' }]
    expect((await run()).sinks).to.deep.equal(emptied)
    expect((await run()).sinks).to.deep.equal(emptied)
    expect(await readdir(folder)).to.deep.equal([])
    await cp(checkpoints, folder, { recursive: true })
    expect((await run()).sinks).to.deep.equal([{ name: 'folder', code: null }])
  })

  it('is told to be missing off the host only where a run should have sent it', async () => {
    const folder = join(lab.folder, 'elsewhere')
    const isBehind = async (): Promise<boolean> => {
      const { out } = await lab.oubli(['report', '--json'])
      return (JSON.parse(out) as { matters: { code: string }[] }).matters.some(
        ({ code }) => code === 'sinkBehind',
      )
    }
    await sinks({ folder: 'elsewhere' })
    await run()
    expect(await isBehind(), 'it never took one').to.equal(true)
    await mkdir(folder)
    await run()
    expect(await isBehind()).to.equal(false)
    const sent = await checkpoint()
    const hold = ['hold', 'add', 'account', '1', '--matter', 'm', '--because', 'b', '--by', 'DPO']
    expect((await lab.oubli([...hold, '--review-by', '2027-05-01'])).exit).to.equal(0)
    expect(await checkpoint(), 'a hold seals').not.to.equal(sent)
    expect(await isBehind(), 'and sends nothing').to.equal(false)
    await setSandboxNow(lab.database, monday + 3_600_000)
    await sinks({})
    await run()
    await sinks({ folder: 'elsewhere' })
    expect(await isBehind(), 'a run has ended since').to.equal(true)
    await run()
    expect(await isBehind()).to.equal(false)
    await rm(folder, { recursive: true })
    await run()
    expect(await isBehind(), 'it cannot be reached').to.equal(true)
  })

  it('goes off the host after a replay as well', async () => {
    await run()
    const backup = await backUp(lab.database, [])
    await run()
    const before = await checkpoint()
    await restore(lab.database, backup)
    const folder = join(lab.folder, 'elsewhere')
    await mkdir(folder)
    await sinks({ folder: 'elsewhere' })
    const said = await lab.oubli(['replay', '--confirm'])
    expect(said.exit, said.err).to.equal(0)
    const newest = await checkpoint()
    expect(newest).not.to.equal(before)
    const [, size = ''] = newest.split('\n')
    expect(await readdir(folder)).to.deep.equal([size.padStart(12, '0')])
    expect(await readFile(join(folder, size.padStart(12, '0')), 'utf8')).to.equal(newest)
  })

  it('is not compared with the folder of the log itself', async () => {
    await run()
    const said = await lab.oubli(['audit', 'verify', '--against', join(lab.folder, 'evidence/../evidence')])
    expect(said.exit).to.equal(2)
    expect(said.err).to.match(/E_SAME_FOLDER/)
  })

  it('is never written over another of its size, and one over more entries is told', async () => {
    const folder = join(lab.folder, 'elsewhere')
    await mkdir(folder)
    await run()
    const size = Number((await checkpoint()).split('\n')[1])
    // The entry of the end of the next run is the only new one.
    const next = join(folder, String(size + 1).padStart(12, '0'))
    await writeFile(next, 'what was signed before')
    await sinks({ folder: 'elsewhere' })
    const changed = [{ name: 'folder', code: 'E_EVIDENCE_CHANGED' }]
    expect((await run()).sinks).to.deep.equal(changed)
    expect((await checkpoint()).split('\n')[1]).to.equal(String(size + 1))
    expect(await readFile(next, 'utf8')).to.equal('what was signed before')
    expect((await run()).sinks, 'the next has a name of its own').to.deep.equal([
      { name: 'folder', code: null },
    ])
    await writeFile(join(folder, '000000099999'), 'of a day that this log does not know')
    expect((await run()).sinks).to.deep.equal(changed)
    expect(await readFile(join(folder, String(size + 3).padStart(12, '0')), 'utf8')).to.equal(
      await checkpoint(),
    )
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).to.deep.equal([])
    expect((await lab.oubli(['doctor'])).out).to.match(
      /checkpoints.*did not reach: folder \(E_EVIDENCE_CHANGED\)/,
    )
  })

  it('is not written into a folder that is not there, which is told and recorded', async () => {
    await sinks({ folder: 'not-mounted' })
    expect((await run()).sinks).to.deep.equal([{ name: 'folder', code: 'ENOENT' }])
    const said = await lab.oubli(['run'])
    expect(said.exit).to.equal(0)
    expect(said.out).to.match(/^WARNING {2}The checkpoint did not reach the sink folder: ENOENT$/m)
    expect(await readSinks(lab.database)).to.have.length(1)
    expect((await readSinks(lab.database))[0]).to.include({ name: 'folder', size: null, code: 'ENOENT' })
    expect((await lab.oubli(['doctor'])).out).to.match(/checkpoints.*did not reach: folder \(ENOENT\)/)
    await mkdir(join(lab.folder, 'not-mounted'))
    expect((await run()).sinks).to.deep.equal([{ name: 'folder', code: null }])
    expect((await readSinks(lab.database))[0]).to.include({ code: null })
  })

  it('goes by mail to somebody who keeps it', async () => {
    await sinks({ mail: 'dpo@boutique.example' })
    expect((await run()).sinks).to.deep.equal([{ name: 'mail', code: null }])
    const mails = (await readdir(join(lab.folder, 'mails'))).filter((name) => name.endsWith('.eml'))
    const texts = await Promise.all(mails.map((name) => readFile(join(lab.folder, 'mails', name), 'utf8')))
    const mine = texts.find((text) => text.includes('To: dpo@boutique.example'))
    expect(mine).to.match(/^Subject: Evidence of .*: checkpoint over \d+ entries/m)
    const [origin = '', size = ''] = (await checkpoint()).split('\n')
    expect(mine).to.contain(`${origin}\r\n${size}\r\n`)
  })

  it('that no mail can leave with is told by its code, and ends no run', async () => {
    await sinks({ mail: 'dpo@boutique.example' })
    const withMail = async (change: (mail: Readonly<Record<string, unknown>>) => object): Promise<void> => {
      const settings = JSON.parse(await readFile(lab.config, 'utf8')) as { mail: Record<string, unknown> }
      await writeFile(lab.config, JSON.stringify({ ...settings, mail: change(settings.mail) }))
    }
    const relay = await startRelay()
    try {
      relay.refuse = 'all'
      const smtp = { transport: 'smtp', host: '127.0.0.1', port: relay.port, tls: 'none-on-loopback' }
      await withMail((mail) => ({ ...mail, ...smtp }))
      const refused = await run()
      expect([refused.exit, refused.sinks]).to.deep.equal([0, [{ name: 'mail', code: '550' }]])
    } finally {
      await relay.close()
    }
    const policies = join(lab.folder, 'policies')
    for (const name of await readdir(policies))
      if (/^warn:/m.test(await readFile(join(policies, name), 'utf8'))) await rm(join(policies, name))
    await withMail(({ bounces, reply_to }) => ({ transport: 'files', bounces, reply_to }))
    const nobody = await run()
    expect([nobody.exit, nobody.sinks]).to.deep.equal([0, [{ name: 'mail', code: 'E_NO_SENDER' }]])
    expect((await readSinks(lab.database))[0]).to.include({ name: 'mail', size: null, code: 'E_NO_SENDER' })
  })

  it('goes to a program, which gets it on its standard input and no secret of ours', async () => {
    const program = join(lab.folder, 'keep.sh')
    await writeFile(program, `#!/bin/sh\ncat > '${lab.folder}/kept'\nenv > '${lab.folder}/env'\n`)
    await chmod(program, 0o700)
    await sinks({ command: 'keep.sh' })
    const child = lab.spawn(['run', '--json'], {
      OUBLI_DATABASE_MYSQL_PASSWORD: '',
      OUBLI_LOG_LEVEL: 'error',
    })
    expect((await child.ended).code, child.err()).to.equal(0)
    expect((JSON.parse(child.out()) as RunJson).sinks).to.deep.equal([{ name: 'command', code: null }])
    expect(await readFile(join(lab.folder, 'kept'), 'utf8')).to.equal(await checkpoint())
    expect(await readFile(join(lab.folder, 'env'), 'utf8')).not.to.contain('OUBLI_')
    await writeFile(program, '#!/bin/sh\nexit 3\n')
    expect((await run()).sinks).to.deep.equal([{ name: 'command', code: 'E_EXIT_3' }])
    await rm(program)
    expect((await run()).sinks).to.deep.equal([{ name: 'command', code: 'ENOENT' }])
  })
})
