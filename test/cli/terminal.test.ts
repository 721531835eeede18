/** What a person at a terminal sees of a run: a real one, which `script` of util-linux makes. */
import { expect } from 'chai'
import { execFileSync, spawn } from 'node:child_process'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { insert } from '../engine/lab.ts'
import { siteFiles } from '../engine/site-files.ts'
import { slowViews } from '../engine/slow-views.ts'
import { quickPace } from '../quick-pace.ts'
import { mainFile, until } from './lab.ts'

const start = Date.parse('2026-06-01T10:00:00Z')
const rows = 150
const pace = { ...quickPace, rows_per_commit: { min: 1, max: 1 } }
const taken = '\r\u001B[K'

function hasScript(): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux')
  } catch {
    return false
  }
}

interface Shown {
  /** All that the terminal was given until now. */
  readonly text: () => string
  readonly ended: Promise<Seen>
}

interface Seen {
  /** Each was written over, or taken away for the result. */
  readonly live: readonly string[]
  readonly last: string | undefined
}

function runOnTerminal(folder: string): Shown {
  const command = `stty cols 160; '${process.execPath}' '${mainFile}' run`
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: folder,
    env: { ...process.env, LANG: 'en', OUBLI_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const ended = new Promise<Seen>((resolve) => {
    child.once('close', () => {
      resolve({ live: text.split(taken).slice(0, -1), last: text.trimEnd().split('\r\n').at(-1) })
    })
  })
  return { text: () => text, ended }
}

eachDatabase('a run at a terminal', (open) => {
  let one: Installation
  before(async function () {
    if (!hasScript()) this.skip()
    one = await install(await open(), { ...siteFiles, pace }, start)
    await due()
    await one.oubli(['run'])
    await one.approve()
    await one.oubli(['run'])
    await slowViews(one.database)
  })
  after(() => (hasScript() ? one.close() : undefined))

  async function due(): Promise<void> {
    const views = Array.from({ length: rows }, (_, id) => ({
      ...{ id, ip: '192.0.2.7', visited_at: '2024-01-01 10:00:00' },
    }))
    await insert(one.database, 'page_views', views)
  }

  it('shows how much, how fast and how long on one line, and why it stopped on the last', async () => {
    await due()
    const { live, last } = await runOnTerminal(one.folder).ended
    expect(live.length, 'written over').to.be.greaterThan(1)
    const before = /^(prospects|page-views): 0 of (0|150)( \(0 %\))?$/
    const shape = /^page-views: \d+ of 150 \(\d+ %\)(, [\d.]+\/s(, \d+ s left)?)?$/
    const views = live.filter((line) => !before.test(line))
    expect(views.length, 'of the views').to.be.greaterThan(0)
    for (const line of views) expect(line).to.match(shape)
    expect(views.some((line) => line.endsWith(' s left'))).to.equal(true)
    expect(last).to.equal('why stopped: all that was due is done')
  })

  it('shows that it is paused', async () => {
    await due()
    await one.oubli(['pause'])
    const shown = runOnTerminal(one.folder)
    const line = 'page-views: 0 of 150 (0 %), paused by oubli pause'
    await until('shown', () => shown.text().includes(line))
    await one.oubli(['resume'])
    const { live, last } = await shown.ended
    expect(live).to.include(line)
    expect(last).to.equal('why stopped: all that was due is done')
  })
})
