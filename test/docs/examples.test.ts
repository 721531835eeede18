/** What the pages show can be typed, written and asked: commands, policies, settings, SQL. */
import { expect } from 'chai'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main } from '../../cli/main.ts'
import { packageRoot, readFolder } from '../../config/files.ts'
import { loadSettings } from '../../config/load.ts'
import { openDatabase } from '../../db/connect.ts'
import { migrate } from '../../db/migrate.ts'
import { lint } from '../../policies/lint.ts'
import { renderProblem } from '../../policies/problem-texts.ts'
import { commandWords, typedCommands } from './commands.ts'
import { blocks } from './pages.ts'

const groups = new Set(['hold', 'request', 'mail', 'audit'])

async function helpOf(words: readonly string[]): Promise<string> {
  const lines: string[] = []
  await main([...words, '--help'], {
    out: (line) => void lines.push(line),
    err: (line) => void lines.push(line),
    input: () => Promise.resolve(''),
    env: {},
    cwd: packageRoot(),
    clock: () => 0,
    random: (bytes) => new Uint8Array(bytes),
    stop: () => null,
  })
  return lines.join('\n')
}

describe('the examples of the pages', () => {
  it('are commands that exist, with options that they have', async () => {
    const wrong: string[] = []
    const commands = typedCommands()
    for (const { page, line, argv } of commands) {
      const words = commandWords(argv, groups)
      const help = await helpOf(words)
      if (!help.startsWith(`Usage: oubli ${words.join(' ')} `)) wrong.push(`${page}: ${line}`)
      for (const option of argv.filter((word) => word.startsWith('--')))
        if (!new RegExp(`${option}\\b`).test(help)) wrong.push(`${page}: ${option} in ${line}`)
    }
    expect(wrong).to.deep.equal([])
    expect(commands.length).to.be.greaterThan(20)
  })

  it('name the verifier key as the sample settings make it', async () => {
    const example = await loadSettings({
      file: 'config/oubli.example.yml',
      env: {},
      cwd: packageRoot(),
    })
    const made = `${example.evidence.signingKeyFile}.verifier`
    const named = typedCommands().flatMap(({ page, argv }) =>
      argv.filter((_, i) => argv[i - 1] === '--key' && argv[0] === 'audit').map((key) => ({ page, key })),
    )
    expect(named.map(({ page }) => page)).to.include.members(['README.md', 'docs/first-purge.md'])
    for (const { page, key } of named)
      if (key.startsWith('keys/')) expect(join(packageRoot(), key), page).to.equal(made)
  })

  it('name a hold whole, as it is asked for', () => {
    const released = typedCommands().filter(({ argv }) => argv[0] === 'hold' && argv[1] === 'release')
    expect(released.length).to.be.greaterThan(0)
    for (const { argv } of released) expect(argv[2]).to.match(/^[0-9a-f]{32}$/)
  })

  it('start the scheduler again until its database is there, and not where a person has to mend', async () => {
    const [unit = ''] = blocks('ini')
      .map(({ text }) => text)
      .filter((text) => / schedule /.test(text))
    expect(unit).to.match(/^\[Unit\]\n[^[]*StartLimitIntervalSec=0\n/)
    expect(unit).to.match(/\[Service\]\n[^[]*Restart=on-failure\nRestartSec=30\n/)
    const codes = /RestartPreventExitStatus=(.*)/.exec(unit)?.[1]?.split(' ') ?? []
    expect(codes).to.deep.equal(['2', '4'])
    const help = await helpOf(['schedule'])
    for (const code of codes) expect(help).to.match(new RegExp(`^ {2}${code} {2}`, 'm'))
  })

  it('are policies that lint accepts in the place of the sample of the same name', async () => {
    const files = await readFolder(join(packageRoot(), 'policies/sample-shop'), (name) =>
      name.endsWith('.yml'),
    )
    const dataMap = files.find((file) => file.path.endsWith('/data-map.yml'))
    const whole = blocks('yaml').filter(({ text }) => text.startsWith('policy: '))
    expect(whole.length).to.be.greaterThan(1)
    for (const { page, text } of whole) {
      const id = /^policy: (\S+)/.exec(text)?.[1] ?? ''
      const others = files.filter((file) => file !== dataMap && !file.path.endsWith(`/${id}.yml`))
      expect(others, id).to.have.length(files.length - 2)
      const { problems } = lint({
        dataMap: dataMap ?? { path: '', text: '' },
        policies: [...others, { path: page, text }],
      })
      const errors = problems.filter((problem) => problem.severity === 'error')
      expect(errors.map((problem) => renderProblem(problem, 'en'))).to.deep.equal([])
    }
  })

  it('are settings that can be loaded', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'oubli-docs-'))
    try {
      const settings = blocks('yaml').filter(({ text }) => text.startsWith('database:'))
      expect(settings).to.have.length.greaterThan(0)
      for (const { text } of settings) {
        const file = join(folder, 'oubli.yml')
        await writeFile(file, text)
        expect((await loadSettings({ file, env: {}, cwd: folder })).file).to.equal(file)
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('are questions that our own tables answer', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'oubli-docs-'))
    const database = await openDatabase({ client: 'sqlite', file: join(folder, 'site.db') })
    try {
      await migrate(database)
      const questions = blocks('sql')
      expect(questions).to.have.length.greaterThan(0)
      for (const { text } of questions)
        expect(await database.rows({ text, values: ['42'] })).to.deep.equal([])
    } finally {
      await database.close()
      await rm(folder, { recursive: true })
    }
  })
})
