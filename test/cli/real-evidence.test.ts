/** The evidence of real runs over every kind of act: what they enter, and what somebody else's verifier says of it. */
import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkpointText } from '../../audit/checkpoint.ts'
import { generateSigningKey, readSigningKey, type SigningKey } from '../../audit/keys.ts'
import { leafHash } from '../../audit/merkle.ts'
import { signNote } from '../../audit/note.ts'
import { packageRoot } from '../../config/files.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { approved } from '../approve.ts'
import { eachDatabase } from '../databases.ts'
import { leavesOf } from '../engine/kill.ts'
import { createLab, monday, type Lab } from './lab.ts'

const program = join(packageRoot(), 'test/audit/second_verifier.py')
const week = 7 * 86_400_000

type Leaf = Readonly<Record<string, unknown>>

eachDatabase('the evidence of the sample shop', (open) => {
  let lab: Lab
  let away = ''
  let key = ''
  let entries: readonly Leaf[] = []
  /** Accounts that were there before the first run that acted. */
  let people: readonly string[] = []

  before(async () => {
    lab = await createLab(await open(), 80)
    away = await mkdtemp(join(tmpdir(), 'oubli-real-'))
    await lab.oubli(['migrate'])
    await lab.oubli(['run'])
    await approved(lab)
    people = await accounts()
    expect((await lab.oubli(['run'])).exit).to.equal(0)
    // A jump of the clock is refused, and that is entered; the run after it seals the entry.
    await setSandboxNow(lab.database, monday + 9 * week)
    expect((await lab.oubli(['run'])).exit).to.equal(4)
    await setSandboxNow(lab.database, monday + 60_000)
    expect((await lab.oubli(['run'])).exit).to.equal(0)
    entries = await leavesOf(lab.database)
    key = (await readFile(join(lab.folder, 'keys/signing-key.verifier'), 'utf8')).trim()
  })
  after(async () => {
    await rm(away, { recursive: true, force: true })
    await lab.close()
  })

  const accounts = async (): Promise<readonly string[]> =>
    (await lab.database.rows({ text: 'SELECT id FROM users', values: [] })).map((row) => String(row['id']))
  const ofKind = (kind: string): readonly Leaf[] => entries.filter((entry) => entry['kind'] === kind)

  it('has an entry of each act on rows, which counts what the run says it did', () => {
    const acts = {
      ...{ 'rows.erased': 'erased', 'rows.anonymised': 'anonymised', 'rows.archived': 'archived' },
      ...{ 'rows.truncated': 'truncated', 'rows.withdrawn': 'withdrawn' },
    }
    const runs = ofKind('run.finished') as readonly {
      readonly run: string
      readonly policies: Readonly<Record<string, Readonly<Record<string, string>>>>
    }[]
    for (const [kind, act] of Object.entries(acts)) {
      const found = ofKind(kind) as readonly {
        readonly run: string
        readonly batch: string
        readonly policy: { readonly id: string }
        readonly tables: Readonly<Record<string, Readonly<Record<string, string>>>>
      }[]
      expect(found, kind).not.to.deep.equal([])
      for (const { run, policy } of found) {
        const batches = found.filter((one) => one.run === run && one.policy.id === policy.id)
        const most = Object.keys(batches[0]?.tables ?? {}).map((table) =>
          batches.reduce((sum, { tables }) => sum + Number(tables[table]?.[act] ?? 0), 0),
        )
        const said = runs.find((one) => one.run === run)?.policies[policy.id]?.[act]
        expect(most.map(String), `${kind} of ${policy.id}`).to.include(said)
      }
    }
    expect(ofKind('subject.erased')).not.to.deep.equal([])
  })

  it('has the entry of a run that was refused', () => {
    const [refused, ...more] = ofKind('run.refused')
    expect(more).to.deep.equal([])
    expect(refused).to.include({ job: 'run', code: 'E_CLOCK', policy: null, found: null, limit: null })
    expect(refused?.['as_of']).to.equal(new Date(monday + 9 * week).toISOString())
  })

  it('does not continue an older checkpoint that is of another log, larger, or by another key', async () => {
    const own = readSigningKey(await readFile(join(lab.folder, 'keys/signing-key'), 'utf8'))
    const other = readSigningKey(generateSigningKey(own.name).privateText)
    const note = (size: number, by: SigningKey) =>
      signNote(checkpointText({ origin: own.name, size, root: leafHash('another') }), by)
    const file = join(away, 'older')
    const since = async (text: string) => {
      await writeFile(file, text)
      const said = await lab.oubli(['audit', 'verify', '--key', key, '--since', file])
      return [said.exit, said.out] as const
    }
    for (const [text, found] of [
      [note(3, own), /^FOUND {2}\S+older: the signed root does not fit the entries from \d+ to 2/],
      [note(entries.length + 5, own), new RegExp(`^FOUND {2}\\S+older.*${entries.length + 5}`)],
      [note(3, other), /^FOUND {2}\S+older.* key/],
    ] as const) {
      const [exit, out] = await since(text)
      expect(exit, out).to.equal(6)
      expect(out)
        .to.match(found)
        .and.match(/^FAILED/m)
    }
    const right = await readFile(join(lab.folder, 'evidence/checkpoint'), 'utf8')
    expect((await since(right))[0]).to.equal(0)
  })

  describe('to a verifier in Python and openssl', () => {
    before(function () {
      const missing = ['python3', 'openssl'].filter(
        (name) => spawnSync(name, name === 'openssl' ? ['version'] : ['--version']).status !== 0,
      )
      if (missing.length === 0) return
      process.stderr.write(`\n*** NOT RUN: the second verifier needs ${missing.join(' and ')} ***\n\n`)
      this.skip()
    })

    const says = (...args: readonly string[]): string =>
      spawnSync('python3', [program, ...args, key], { encoding: 'utf8' }).stdout.trim()

    async function receipt(...words: readonly string[]): Promise<string> {
      const said = await lab.oubli(['audit', 'receipt', ...words])
      expect(said.exit, said.err).to.equal(0)
      return `${said.out}\n`
    }
    async function ofReceipt(text: string): Promise<string> {
      const file = join(away, 'a.tlog-proof')
      await writeFile(file, text)
      return says('receipt', file)
    }

    it('is a log with the root that was signed, and none with a byte changed', async () => {
      const checkpoint = await readFile(join(lab.folder, 'evidence/checkpoint'), 'utf8')
      const [, size = '', root = ''] = checkpoint.split('\n')
      expect(Number(size)).to.equal(entries.length)
      expect(says('log', join(lab.folder, 'evidence'))).to.equal(`VERIFIED ${size} ${root}`)
      const copy = join(away, 'copy')
      await cp(join(lab.folder, 'evidence'), copy, { recursive: true })
      const full = Number(size) >= 256
      const bundle = join(copy, full ? 'tile/entries/000' : `tile/entries/000.p/${size}`)
      const bytes = await readFile(bundle)
      bytes[700] = (bytes[700] ?? 0) ^ 1
      await writeFile(bundle, bytes)
      expect(says('log', copy)).to.match(/^FAILED/)
    })

    it('proves batches, runs and people by the receipts of the command line', async () => {
      const size = entries.length
      for (const id of [
        ofKind('rows.archived')[0]?.['batch'],
        ofKind('subject.erased')[0]?.['id'],
        ofKind('run.finished')[0]?.['run'],
      ])
        expect(await ofReceipt(await receipt(String(id)))).to.match(new RegExp(`^VERIFIED \\d+ ${size}$`))
    })

    it('opens the commitment to a person who was erased, and to nobody else', async () => {
      const here = await accounts()
      const gone = people.filter((id) => !here.includes(id))
      const told = await Promise.all(
        gone.map(
          async (id) => [id, await lab.oubli(['audit', 'receipt', '--person', 'account', id])] as const,
        ),
      )
      const [id, said] = told.find(([, { exit }]) => exit === 0) ?? []
      expect(said, 'somebody has a receipt').not.to.equal(undefined)
      const text = `${said?.out}\n`
      expect(await ofReceipt(text)).to.match(new RegExp(`^VERIFIED \\d+ ${entries.length} account ${id}$`))
      const named = /^extra (\S+)$/m.exec(text)?.[1] ?? ''
      const extra = Buffer.from(named, 'base64').toString('utf8')
      const another = extra.replace(`"key":["${id}"]`, '"key":["4711"]')
      expect(another).not.to.equal(extra)
      expect(await ofReceipt(text.replace(named, Buffer.from(another).toString('base64')))).to.equal(
        'FAILED another person',
      )
    })
  })
})
