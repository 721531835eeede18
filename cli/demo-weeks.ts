/** The months of the demo: a run every week, and what happens in between. */
import { join } from 'node:path'
import type { ExitCode } from '../base/errors.ts'
import { passDays, people, signIn } from '../jobs/sandbox.ts'
import { mailBack, testComesBack } from './demo-bounce.ts'
import type { Stage } from './demo-stage.ts'

const week = 7
/** Long enough for a ladder of mails, and for the wait of who cannot be reached. */
const weeks = 15

export async function monthsPass(stage: Stage): Promise<void> {
  const { folder, say, type } = stage
  say('5  More than three months pass, a run every week')
  say()
  let stopped = false
  for (let done = 1; done <= weeks; done += 1) {
    if (done <= 2) await bounceFarid(stage)
    await passDays(folder.site, week)
    if (done === 2) {
      await signIn(folder.site, 'emi')
      say('   Emi signs in again.')
    }
    const { lines, code } = await stage.quietly(['run', '--json'])
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
  const { say, type, quietly } = stage
  // The test of the first day may be too old by now.
  await testComesBack(stage, quietly)
  say('   The alarm held back what was so unlike the past. The officer looks, and approves:')
  say()
  const plan = await quietly(['plan'])
  for (const line of plan.lines.filter((one) => one.includes('ALARM'))) say(`   ${line.trim()}`)
  say()
  const fingerprint = /oubli approve ([0-9a-f]+)/.exec(plan.lines.join('\n'))?.[1] ?? ''
  await type(['approve', fingerprint, '--by', 'DPO'], 1)
  await type(['run'], 1)
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
  const { policies, why_stopped: why } = JSON.parse(text) as WeekReport
  const sum = (count: (one: WeekReport['policies'][number]) => number): number =>
    policies.reduce((total, one) => total + count(one), 0)
  const mails = sum((one) => one.warned?.queued ?? 0)
  const returned = sum((one) => one.warned?.returned ?? 0)
  const erased = sum((one) => Number(one.outcome?.tables['users']?.['erased'] ?? 0))
  const rows = sum((one) => one.outcome?.done ?? 0)
  return `${mails} mails, ${returned} returned, ${erased} people erased, ${rows} rows handled; ${why}`
}

/** The relay accepted the mail and sent it back later, as relays do. */
async function bounceFarid(stage: Stage): Promise<void> {
  if (!(await mailBack(stage, people.farid.email))) return
  stage.say('   A mail to Farid comes back:')
  await stage.type(['mail', 'bounces', join(stage.folder.root, 'bounces')], 1)
}
