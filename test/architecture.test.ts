/** The house rules that a reader could otherwise only wish for: who imports whom, one door per package, no cycles. */
import { expect } from 'chai'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { packageRoot } from '../config/files.ts'

const root = packageRoot()
const rooms = [
  'base',
  'policies',
  'plan',
  'audit',
  'db',
  'templates',
  'report',
  'mail',
  'engine',
  'config',
  'jobs',
  'cli',
  'bench',
] as const
type Room = (typeof rooms)[number]

/** Room → rooms that it may import. `types`: only as types. */
const allowed: Record<Room, { readonly values: readonly Room[]; readonly types: readonly Room[] }> = {
  base: { values: [], types: [] },
  policies: { values: ['base'], types: [] },
  plan: { values: ['base', 'policies'], types: [] },
  audit: { values: ['base'], types: [] },
  db: { values: ['base'], types: ['plan', 'policies', 'audit'] },
  templates: { values: ['base'], types: ['policies', 'plan'] },
  report: { values: ['base', 'policies', 'plan', 'templates'], types: [] },
  mail: { values: ['base', 'db', 'templates'], types: ['policies', 'plan'] },
  engine: { values: ['base', 'policies', 'plan', 'audit', 'db'], types: [] },
  config: { values: ['base'], types: ['policies'] },
  jobs: {
    values: ['base', 'policies', 'plan', 'audit', 'db', 'templates', 'report', 'mail', 'engine', 'config'],
    types: [],
  },
  cli: {
    values: ['base', 'policies', 'plan', 'audit', 'config', 'jobs', 'templates', 'report'],
    types: ['db', 'engine', 'mail'],
  },
  // It measures the program from outside, as a process: the engine itself is out of its reach.
  bench: { values: ['base', 'config', 'cli', 'templates'], types: [] },
}

/** Package → the rooms that may open its door. */
const doors: Readonly<Record<string, readonly Room[]>> = {
  knex: ['db'],
  mysql2: ['db', 'bench'],
  libsql: ['db'],
  nodemailer: ['mail', 'bench'],
  'node-cron': ['jobs'],
  handlebars: ['templates'],
  winston: ['config'],
  commander: ['cli'],
  yaml: ['policies', 'config'],
  zod: ['policies', 'config'],
  'ipaddr.js': ['plan'],
  'node:fs': ['config', 'bench'],
  'node:fs/promises': ['config', 'bench'],
  'node:child_process': ['config', 'bench'],
  'smtp-server': ['bench'],
}

/** Files outside db/ with statements of their own, and why. */
const sqlElsewhere: readonly string[] = [
  // The demo plays the site: it signs a person in and forges an entry, which no other part ever does.
  'jobs/sandbox.ts',
]

/** Data tables that may be longer than a file of code. */
const longFiles: readonly string[] = ['report/words-en.ts', 'report/words-fr.ts']

interface Import {
  readonly from: string
  readonly typeOnly: boolean
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(join(root, path)).isDirectory()) return filesOf(path)
    return name.endsWith('.ts') ? [path] : []
  })
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(root, file), 'utf8')
  const found: Import[] = []
  for (const match of text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[\s\S]*?\sfrom\s+)?'([^']+)'/gm))
    found.push({ from: match[2] ?? '', typeOnly: match[1] !== undefined })
  for (const match of text.matchAll(/(?:require|import)\('([^']+)'\)/g))
    found.push({ from: match[1] ?? '', typeOnly: false })
  return found
}

function roomOf(path: string): Room | undefined {
  return rooms.find((room) => path.startsWith(`${room}/`))
}

const sources = rooms.flatMap((room) => filesOf(room))

describe('the house', () => {
  it('lets each room import only what its table allows', () => {
    const broken: string[] = []
    for (const file of sources)
      for (const { from, typeOnly } of importsOf(file)) {
        if (!from.startsWith('.')) continue
        const here = roomOf(file)
        const there = roomOf(normalize(join(dirname(file), from)))
        if (here === undefined || there === undefined || here === there) continue
        const rule = allowed[here]
        const fine = rule.values.includes(there) || (typeOnly && rule.types.includes(there))
        if (!fine) broken.push(`${file} imports ${from}`)
      }
    expect(broken).to.deep.equal([])
  })

  it('opens each package in one place', () => {
    const broken: string[] = []
    for (const file of sources)
      for (const { from } of importsOf(file)) {
        const name = Object.keys(doors).find((door) => from === door || from.startsWith(`${door}/`))
        const room = roomOf(file)
        if (name !== undefined && room !== undefined && !doors[name]?.includes(room))
          broken.push(`${file} imports ${from}`)
      }
    expect(broken).to.deep.equal([])
  })

  it('has no import cycle at run time', () => {
    const graph = new Map(
      sources.map((file) => [
        file,
        importsOf(file)
          .filter(({ from, typeOnly }) => from.startsWith('.') && !typeOnly)
          .map(({ from }) => normalize(join(dirname(file), from))),
      ]),
    )
    const state = new Map<string, 'open' | 'done'>()
    const cycles: string[] = []
    const visit = (file: string, path: readonly string[]): void => {
      if (state.get(file) === 'done') return
      if (state.get(file) === 'open') {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '))
        return
      }
      state.set(file, 'open')
      for (const next of graph.get(file) ?? []) visit(next, [...path, file])
      state.set(file, 'done')
    }
    for (const file of sources) visit(file, [])
    expect(cycles).to.deep.equal([])
  })

  it('keeps files short', () => {
    const long = sources
      .filter((file) => !longFiles.includes(file))
      .filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 251)
    expect(long).to.deep.equal([])
  })

  // A benchmark builds its tables and its peers by SQL of its own.
  it('writes SQL in db/ only', () => {
    const statement =
      /(?:SELECT\s[\s\S]{1,300}?\sFROM|INSERT\s+(?:IGNORE\s+)?INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM)\s/
    const writers = sources.filter(
      (file) => !/^(db|bench)\//.test(file) && statement.test(readFileSync(join(root, file), 'utf8')),
    )
    expect(writers).to.deep.equal(sqlElsewhere)
  })

  it('reads the clock in one place only', () => {
    const readers = sources.filter(
      (file) =>
        file !== 'base/clock.ts' && /Date\.now\(\)|new Date\(\)/.test(readFileSync(join(root, file), 'utf8')),
    )
    expect(readers).to.deep.equal([])
  })

  it('touches the process only where a program begins', () => {
    const users = sources.filter(
      (file) =>
        !file.startsWith('cli/') &&
        !file.startsWith('config/') &&
        !file.startsWith('bench/') &&
        /\bprocess\.(env|exit|argv|on|stdout|stderr|cwd)\b/.test(readFileSync(join(root, file), 'utf8')),
    )
    expect(users).to.deep.equal([])
  })

  it('names every room in this test', () => {
    const folders = readdirSync(root).filter((name) => {
      const path = join(root, name)
      return statSync(path).isDirectory() && readdirSync(path).some((inner) => inner.endsWith('.ts'))
    })
    expect(folders.filter((name) => name !== 'test').sort()).to.deep.equal([...rooms].sort())
    expect(relative(root, join(root, 'base'))).to.equal('base')
  })
})
