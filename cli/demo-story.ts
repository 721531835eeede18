/** The story of the demo. Each line that shows a result is the output of a command or read from the database. */
import { join } from 'node:path'
import type { ExitCode } from '../base/errors.ts'
import { readFolder, readText, writeAtomic } from '../config/files.ts'
import {
  buildShop,
  countShop,
  passDays,
  people,
  signIn,
  stillThere,
  tamperEntry,
  type Person,
} from '../jobs/sandbox.ts'
import { bounceFor } from './demo-bounce.ts'
import { makeDemoFolder, type DemoFolder } from './demo-folder.ts'
import type { Io } from './io.ts'
import { main } from './main.ts'
import { number } from './table.ts'

const week = 7

interface Stage {
  readonly io: Io
  readonly folder: DemoFolder
  readonly say: (line?: string) => void
  /** Runs a command of ours, shows it with its last lines, and gives all of them. */
  readonly type: (
    argv: readonly string[],
    show: number,
  ) => Promise<{ readonly lines: readonly string[]; readonly code: ExitCode }>
}

export async function tellStory(io: Io, root: string, size: number, madeBefore: boolean): Promise<ExitCode> {
  const folder = await makeDemoFolder(root, madeBefore)
  const stage = makeStage(io, folder)
  await opening(stage, size)
  await firstRuns(stage)
  await monthsPass(stage)
  const proved = await proof(stage)
  await ending(stage)
  return proved ? 0 : 1
}

function makeStage(io: Io, folder: DemoFolder): Stage {
  const say = (line = ''): void => {
    io.out(line)
  }
  return {
    io,
    folder,
    say,
    type: async (argv, show) => {
      const lines: string[] = []
      const collect = (line: string): void => {
        lines.push(...line.split('\n'))
      }
      const code = await main([...argv, '--config', folder.settings], { ...io, out: collect, err: collect })
      say(`  $ oubli ${argv.map((part) => (part.includes(' ') ? `"${part}"` : part)).join(' ')}`)
      const shown = lines.slice(Math.max(0, lines.length - show))
      if (shown.length < lines.length) say('    …')
      for (const line of shown) say(`    ${line}`)
      if (code !== 0) say(`    (exit code ${code})`)
      say()
      return { lines, code }
    },
  }
}

async function opening({ io, folder, say, type }: Stage, size: number): Promise<void> {
  await buildShop(folder.site, io.clock(), size)
  const counts = await countShop(folder.site)
  const rows = [...counts.values()].reduce((sum, count) => sum + count, 0)
  say(
    `1  A shop with ${number(counts.get('users') ?? 0)} people and ${number(rows)} rows, in one SQLite file`,
  )
  say()
  await type(['migrate'], 2)
  say('2  What the officer wrote')
  say()
  await type(['lint'], 1)
  await type(['describe', 'inactive-accounts'], 4)
  await type(['describe', 'inactive-accounts', '--lang', 'fr'], 4)
}

async function firstRuns({ folder, say, type }: Stage): Promise<void> {
  say('3  What it means today: nothing is written by a plan')
  say()
  await type(['plan'], 60)
  say('4  A first run only observes; then a person approves; then it acts')
  say()
  const observed = await type(['run'], 2)
  const fingerprint = /oubli approve ([0-9a-f]+)/.exec(observed.lines.join('\n'))?.[1] ?? ''
  await type(['approve', fingerprint, '--by', 'DPO'], 2)
  await type(
    [
      'hold',
      'add',
      'account',
      String(people.dov.id),
      '--matter',
      '2026-17',
      '--because',
      'open dispute',
      '--by',
      'DPO',
      '--review-by',
      '2027-11-30',
    ],
    1,
  )
  await type(['run'], 30)
  const mails = await readFolder(folder.mails, (name) => name.endsWith('.eml'))
  say(`   ${number(mails.length)} mails lie in ${folder.mails}, as .eml and as pages for a browser.`)
  say()
}

/** Fifteen weeks, a run in each: long enough for a ladder of mails and for the wait of who cannot be reached. */
async function monthsPass(stage: Stage): Promise<void> {
  const { folder, say, type } = stage
  say('5  More than three months pass, a run every week')
  say()
  let stopped = false
  for (let done = 1; done <= 15; done += 1) {
    if (done <= 2) await bounceFarid(stage)
    await passDays(folder.site, week)
    if (done === 2) {
      await signIn(folder.site, 'emi')
      say('   Emi signs in again.')
    }
    const { lines, code } = await quietly(stage, ['run', '--json'])
    say(`   week ${String(done).padStart(2)}: ${weekWords(lines, code)}`)
    if (code === 4 && !stopped) {
      stopped = true
      await afterAlarm(stage)
    }
  }
  say()
  await type(['explain', 'account', String(people.dov.id)], 3)
}

/** An alarm changed nothing. Somebody looks, finds that a whole fiscal year fell due at once, and approves. */
async function afterAlarm(stage: Stage): Promise<void> {
  const { say, type } = stage
  say('   The alarm held back what was so unlike the past. The officer looks, and approves:')
  say()
  const plan = await quietly(stage, ['plan'])
  for (const line of plan.lines.filter((one) => one.includes('ALARM'))) say(`   ${line.trim()}`)
  say()
  const fingerprint = /oubli approve ([0-9a-f]+)/.exec(plan.lines.join('\n'))?.[1] ?? ''
  await type(['approve', fingerprint, '--by', 'DPO'], 1)
  await type(['run'], 1)
}

async function quietly(
  stage: Stage,
  argv: readonly string[],
): Promise<{ readonly lines: readonly string[]; readonly code: ExitCode }> {
  return await makeStage({ ...stage.io, out: () => undefined }, stage.folder).type(argv, 0)
}

interface WeekReport {
  readonly policies: readonly {
    readonly warned: { readonly queued: number; readonly returned: number } | null
    readonly outcome: {
      readonly done: number
      readonly tables: Readonly<Record<string, Readonly<Record<string, string>>>>
    } | null
  }[]
  readonly why_stopped: string
}

function weekWords(lines: readonly string[], code: ExitCode): string {
  const text = lines.find((line) => line.startsWith('{'))
  if (text === undefined) return `exit code ${code}: ${lines.join(' ')}`
  const report = JSON.parse(text) as WeekReport
  const mails = report.policies.reduce((sum, one) => sum + (one.warned?.queued ?? 0), 0)
  const returned = report.policies.reduce((sum, one) => sum + (one.warned?.returned ?? 0), 0)
  const people_ = report.policies.reduce(
    (sum, one) => sum + Number(one.outcome?.tables['users']?.['erased'] ?? 0),
    0,
  )
  const rows = report.policies.reduce((sum, one) => sum + (one.outcome?.done ?? 0), 0)
  return `${mails} mails, ${returned} returned, ${people_} people erased, ${rows} rows handled; ${report.why_stopped}`
}

/** The relay accepted the mail and sent it back later, as relays do. */
async function bounceFarid({ folder, say, type }: Stage): Promise<void> {
  const mails = await readFolder(folder.mails, (name) => name.endsWith('.eml'))
  const his = mails.filter((mail) => mail.text.includes(people.farid.email)).at(-1)
  if (his === undefined) return
  const file = join(folder.root, 'bounce.eml')
  await writeAtomic(file, bounceFor(his.text, people.farid.email))
  say('   A mail to Farid comes back:')
  await type(['mail', 'bounce', file], 1)
}

async function proof({ folder, say, type }: Stage): Promise<boolean> {
  say('6  The evidence')
  say()
  const verified = await type(['audit', 'verify', '--key', folder.verifier], 3)
  say('   Somebody edits one row of the log …')
  const undo = await tamperEntry(folder.site)
  const edited = await type(['audit', 'verify', '--key', folder.verifier], 3)
  await undo()
  say('   … or the signed file …')
  const checkpoint = join(folder.evidence, 'checkpoint')
  const text = await readText(checkpoint)
  await writeAtomic(
    checkpoint,
    text.replace(/^(\d+)$/m, (size) => String(Number(size) - 1)),
  )
  const forged = await type(['audit', 'verify', '--key', folder.verifier], 3)
  await writeAtomic(checkpoint, text)
  say('   … and puts both back.')
  const again = await type(['audit', 'verify', '--key', folder.verifier], 1)
  return verified.code === 0 && edited.code === 6 && forged.code === 6 && again.code === 0
}

const followed: readonly Person[] = [
  'ada',
  'bram',
  'chloe',
  'dov',
  'emi',
  'farid',
  'gil',
  'hana',
  'ines',
  'jan',
  'kira',
  'lou',
  'mona',
  'omar',
  'pia',
]

async function ending({ folder, say, type }: Stage): Promise<void> {
  say('7  Who is left')
  say()
  const there = await stillThere(folder.site, followed)
  for (const name of followed)
    say(`   ${there.has(name) ? 'kept  ' : 'erased'}  ${people[name].firstName}: ${people[name].story}`)
  say()
  await type(['plan'], 4)
  say('   Everything lies in')
  say(`     ${folder.root}`)
  say(`       oubli.yml, policies/   what was said`)
  say(`       mails/                 what was sent: open an .html file in a browser`)
  say(`       evidence/              what proves it`)
  say('   Next:')
  say(`     npx oubli explain account ${people.bram.id} --config ${folder.settings}`)
  say(`     npx oubli plan --at 2028-01-01 --config ${folder.settings}`)
  say('     change a policy in policies/, then: npx oubli lint and npx oubli plan again')
}
