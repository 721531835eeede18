/** The story of the demo. Each line that shows a result is the output of a command or read from the database. */
import { join } from 'node:path'
import type { ExitCode } from '../base/errors.ts'
import { readFolder, readText, writeAtomic } from '../config/files.ts'
import { buildShop, countShop, people, stillThere, tamperEntry, type Person } from '../jobs/sandbox.ts'
import { makeDemoFolder } from './demo-folder.ts'
import { testComesBack } from './demo-bounce.ts'
import { makeStage, type Stage } from './demo-stage.ts'
import { monthsPass } from './demo-weeks.ts'
import type { Io } from './io.ts'
import type { CommandLine } from './main.ts'
import { number } from './table.ts'

export async function tellStory(
  io: Io,
  oubli: CommandLine,
  root: string,
  size: number,
  madeBefore: boolean,
): Promise<ExitCode> {
  const stage = makeStage(io, oubli, await makeDemoFolder(root, madeBefore))
  await opening(stage, size)
  await firstRuns(stage)
  await monthsPass(stage)
  const proved = await proof(stage)
  await ending(stage)
  return proved ? 0 : 1
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

async function firstRuns(stage: Stage): Promise<void> {
  const { io, folder, say, type, quietly } = stage
  say('3  What it means today: nothing is written by a plan')
  say()
  await type(['plan'], 60)
  say('4  A first run only observes; then a person approves, by name and with a backup; ten go first')
  say()
  const observed = await type(['run'], 2)
  const fingerprint = /oubli approve ([0-9a-f]+)/.exec(observed.lines.join('\n'))?.[1] ?? ''
  say('   Who warns must hear of mails that come back. One goes to a mailbox that does not exist:')
  say()
  await testComesBack(stage, type)
  const plan = await quietly(['plan', '--json'])
  const names = namesIn(plan.lines.find((line) => line.startsWith('{"as_of"')) ?? '{}')
  const [taken = '', until = ''] = [0, backupDays].map((days) => dayFrom(io.clock(), days))
  const backup = ['--backup-taken', taken, '--backup-kept-until', until]
  await type(['approve', fingerprint, '--by', 'DPO', ...backup, '--policy', ...names], 7)
  await type(['run', '--policy', 'cookies', '--pilot', '10'], 2)
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
      dayFrom(io.clock(), reviewDays),
    ],
    1,
  )
  await type(['run'], 30)
  const mails = await readFolder(folder.mails, (name) => name.endsWith('.eml'))
  say(`   ${number(mails.length)} mails lie in ${folder.mails}, as .eml and as pages for a browser.`)
  say()
}

const backupDays = 90
const reviewDays = 365

function dayFrom(now: number, days: number): string {
  return new Date(now + days * 86_400_000).toISOString().slice(0, 10)
}

/** The policies that a plan would let act. */
function namesIn(plan: string): readonly string[] {
  const { policies = [] } = JSON.parse(plan) as {
    readonly policies?: readonly { readonly policy: string; readonly status: string }[]
  }
  return policies.filter(({ status }) => status === 'enforce').map(({ policy }) => policy)
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
  say('8  The report: what was promised, and what the database says')
  say()
  await type(['report', '--exact', '--html', folder.report], 3)
  say('   Everything lies in')
  say(`     ${folder.root}`)
  say(`       oubli.yml, policies/   what was said`)
  say(`       mails/                 what was sent: open an .html file in a browser`)
  say(`       evidence/              what proves it`)
  say(`       auditor/               where a copy of each checkpoint went`)
  say(`       report.html            what an auditor is given: open it in a browser, or print it`)
  say('   Next:')
  say(`     npx oubli explain account ${people.omar.id} --config ${folder.settings}`)
  say(`     npx oubli plan --at 2028-01-01 --config ${folder.settings}`)
  say('     change a policy in policies/, then: npx oubli lint and npx oubli plan again')
}
