import { Command } from 'commander'
import { expect } from 'chai'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildProgram } from '../../cli/main.ts'
import { bounceFor } from '../../cli/demo-bounce.ts'
import { packageRoot } from '../../config/files.ts'
import { eachDatabase } from '../databases.ts'
import { createLab, inProcess, quietIo, type Lab, type Said } from './lab.ts'
import { approved } from '../approve.ts'

/** Every command that does something, with its words. */
function leaves(command: Command, words: readonly string[] = []): readonly (readonly string[])[] {
  const below = command.commands.flatMap((one) => leaves(one, [...words, one.name()]))
  return below.length === 0 ? [words] : below
}

const all = leaves(buildProgram(quietIo('/nowhere'), () => undefined))

describe('the help', () => {
  for (const words of all)
    it(`of ${words.join(' ')} has an example that begins with it, and its exit codes`, async () => {
      const said = await inProcess(packageRoot(), [...words, '--help'])
      expect([said.exit, said.err]).to.deep.equal([0, ''])
      expect(said.out).to.match(new RegExp(`Example:\\n {2}oubli ${words.join(' ')}( |$)`, 'm'))
      expect(said.out).to.match(/Exit codes:\n {2}0 {2}\S/)
      expect(said.out).to.include('--json')
    })
})

describe('what is typed wrong', () => {
  const wrong: readonly (readonly [argv: readonly string[], line: RegExp])[] = [
    [['plann'], /^E_USAGE {2}unknown command 'plann'\n\(Did you mean plan\?\)/],
    [['plan', '--polcy', 'x'], /^E_USAGE {2}unknown option '--polcy'\n\(Did you mean --policy\?\)/],
    [['hold', 'lst'], /^E_USAGE {2}unknown command 'lst'\n\(Did you mean list\?\)/],
    [['explain'], /^E_USAGE {2}missing required argument 'kind'/],
    [['lint', '--lang', 'de'], /^E_USAGE .*Allowed choices are en, fr/],
    [['run', '--only', 'erase'], /^E_USAGE .*Allowed choices are warn, deliver, purge/],
    [['demo', '--people', '3'], /^E_PEOPLE /],
  ]
  for (const [argv, line] of wrong)
    it(`ends with 2 and says the nearest: ${argv.join(' ')}`, async () => {
      const said = await inProcess('/nowhere', argv)
      expect(said.exit).to.equal(2)
      expect(said.err).to.match(line)
      expect(said.out).to.equal('')
      const json = await inProcess('/nowhere', [...argv, '--json'])
      expect(json.exit).to.equal(2)
      const { error } = JSON.parse(json.out) as { readonly error: { code: string; exit: number } }
      expect([error.exit, json.err.startsWith(error.code)]).to.deep.equal([2, true])
    })
})

eachDatabase('with --json', (open) => {
  let lab: Lab
  const tried = new Set<string>()
  before(async () => {
    lab = await createLab(await open(), 60)
  })
  after(async () => {
    await lab.close()
    const untried = all.map((words) => words.join(' ')).filter((name) => !tried.has(name))
    expect(untried).to.deep.equal(['schedule', 'demo'])
  })

  /** Exactly one document on standard output; what a log says goes elsewhere. */
  async function json(argv: readonly string[], exit = 0): Promise<unknown> {
    const name = all.map((words) => words.join(' ')).find((one) => `${argv.join(' ')} `.startsWith(`${one} `))
    tried.add(name ?? '')
    const said: Said = await lab.oubli([...argv, '--json'])
    expect(said.exit, `${argv.join(' ')}: ${said.out} ${said.err}`).to.equal(exit)
    return JSON.parse(said.out)
  }

  it('every command prints one document', async () => {
    await json(['migrate'])
    await json(['lint'])
    await json(['init', '--from-db', '--to', 'proposed'])
    expect(await json(['describe'])).to.be.an('array')
    await json(['doctor'])
    await json(['grants', '--print'])
    const plan = (await json(['plan'])) as { readonly fingerprint: string }
    expect(plan.fingerprint).to.match(/^[0-9a-f]{64}$/)
    await json(['run'])
    const approval = await approved({
      oubli: async (argv) => ({ exit: 0, out: JSON.stringify(await json(argv)) }),
    })
    expect(JSON.parse(approval.out)).to.include.keys(
      'fingerprint',
      'until',
      'most',
      'backlogs',
      'enforcement',
    )
    const ten = (await json(['run', '--policy', 'cookies', '--pilot', '10'])) as { readonly pilot: object }
    expect(ten.pilot).to.include.keys('size', 'evidence', 'entries', 'receipt')
    const ran = (await json(['run'])) as { readonly run: string }
    expect(ran).to.include.keys('why_stopped', 'exit', 'policies', 'sinks')
    await json(['status'])
    expect(await json(['pause', '--by', 'Ops'])).to.deep.equal({ changed: true, run: null })
    expect(await json(['resume'])).to.deep.equal({ changed: true, run: null })
    expect(await json(['stop'])).to.deep.equal({ changed: false, run: null })
    await json(['explain', 'account', '1'])
    const add = ['hold', 'add', 'account', '1', '--matter', 'm', '--because', 'b', '--by', 'DPO']
    const { hold } = (await json([...add, '--review-by', '2027-05-01'])) as { readonly hold: string }
    expect(await json(['hold', 'list'])).to.have.length(1)
    await json(['hold', 'release', hold, '--by', 'DPO'])
    const asked = (await json([
      'request',
      'keep',
      'account',
      '1',
      '--because',
      'b',
      '--by',
      'Support',
    ])) as object
    expect(asked).to.have.keys('request', 'policies')
    expect(await json(['dossier', 'inactive-accounts'])).to.include.keys(
      'title',
      'policy',
      'approvals',
      'mail',
    )
    expect(await json(['doctor', '--indexes'])).to.be.an('array')
    await json(['mail', 'preview'])
    await json(['mail', 'deliver'])
    const file = join(lab.folder, 'bounce.eml')
    await writeFile(file, bounceFor(`Message-ID: <${'0'.repeat(32)}@x>`, 'a@b.example'))
    expect(await json(['mail', 'bounce', file])).to.deep.equal({ result: 'ignored' })
    await mkdir(join(lab.folder, 'bounces'))
    expect(await json(['mail', 'bounces', join(lab.folder, 'bounces')])).to.include({ recorded: 0, left: 0 })
    const sent = await json(['mail', 'selftest', '--to', 'nobody@boutique.example'])
    expect(sent).to.deep.equal({ result: 'accepted', code: null })
    expect(await json(['report'])).to.include.keys('promises', 'runs', 'evidence', 'mask_below')
    await json(['audit', 'verify'], 6)
    const { receipt } = (await json(['audit', 'receipt', ran.run])) as { readonly receipt: string }
    const proof = join(lab.folder, 'run.tlog-proof')
    await writeFile(proof, receipt)
    expect(await json(['audit', 'check', proof], 6)).to.include({ state: 'unverified', fault: null })
    await json(['replay'])
  })

  it('a failure is one document too, beside the two lines for people', async () => {
    for (const [argv, code, exit] of [
      [['init'], 'E_INIT_SOURCE', 2],
      [['explain', 'dragon', '1'], 'E_KIND', 2],
      [['plan', '--policy', 'dragons'], 'E_POLICY_NAME', 2],
      [['run', '--policy', 'dragons'], 'E_POLICY_NAME', 2],
      [['describe', 'dragons'], 'E_POLICY_NAME', 2],
      [['approve', '00000000'], 'E_FINGERPRINT', 4],
      [['plan', '--at', '2027-13-01'], 'E_DAY', 2],
    ] as const) {
      const said = await lab.oubli([...argv, '--json'])
      const { error } = JSON.parse(said.out) as { readonly error: Readonly<Record<string, unknown>> }
      expect([said.exit, error['code'], error['exit']]).to.deep.equal([exit, code, exit])
      expect(said.err.split('\n')[0]).to.equal(`${code}  ${String(error['message'])}`)
      expect(said.err).to.include(`\n  ${String(error['remedy'])}`)
    }
  })

  it('run, mail deliver and replay say at the end why they stopped, without it', async () => {
    for (const argv of [['run'], ['mail', 'deliver'], ['replay']]) {
      const said = await lab.oubli(argv)
      expect(said.out.split('\n').at(-1)).to.match(/^why stopped: \S/)
    }
  })

  it('a wrong template is a readable line of lint, and of a document with --json', async () => {
    await cp(join(packageRoot(), 'templates'), join(lab.folder, 'templates'), { recursive: true })
    const file = join(lab.folder, 'templates/en/inactivity-warning.txt.hbs')
    await writeFile(file, `${await readFile(file, 'utf8')}\n{{shoeSize}}\n`)
    const env = { LANG: 'en', OUBLI_TEMPLATES: 'templates' }
    const said = await lab.oubli(['lint'], { env })
    expect(said.exit).to.equal(2)
    expect(said.out).to.match(/inactivity-warning\.txt\.hbs {2}E_TEMPLATE_\w+ {2}.*shoeSize.*\. \S/)
    expect(said.out).not.to.include('{"')
    const document = JSON.parse((await lab.oubli(['lint', '--json'], { env })).out) as {
      templates: unknown[]
    }
    expect(document.templates).not.to.have.length(0)
  })
})
