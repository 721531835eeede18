/** What a restored backup brought back, and what a replay would do about it. Writes nothing. */
import type { Instant } from '../base/clock.ts'
import type { ExitCode } from '../base/errors.ts'
import { listHolds } from '../db/own/holds.ts'
import type { JobContext } from './context.ts'
import { refuseAnotherSecret } from './ledger-secret.ts'
import { olderError, olderThanLog, type Older } from './older.ts'
import { outsideLog, type OutsideLog } from './outside-log.ts'
import type { Prepared } from './prepare.ts'
import { readKnown, type Known } from './replay-ledger.ts'
import { mailsAgain, type MailsAgain } from './replay-mails.ts'
import { ceiling, peopleAgain, type FoundPage } from './replay-people.ts'

/** People under one policy of the log. */
export interface ReplayedPolicy {
  readonly policy: string
  readonly what: 'erased' | 'anonymised'
  /** Who goes, or went, again. */
  readonly again: number
  readonly held: number
  readonly restricted: number
  /** No policy of today does it, or it could not be done: they are still here. */
  readonly left: number
}

export interface ReplayReport {
  readonly confirmed: boolean
  readonly older: Older | null
  readonly policies: readonly ReplayedPolicy[]
  readonly mails: MailsAgain
  /** Named by the log, unknown to the ledger: they cannot be found. */
  readonly untold: number
  /** Holds that were set after the backup and are not here any more. */
  readonly lostHolds: readonly string[]
  readonly exit: ExitCode
  readonly whyStopped: string
}

/** What there is to do, before anything is done. */
export interface Seen {
  /** Null: nothing was ever sealed here. */
  readonly log: OutsideLog | null
  readonly known: Known
  readonly report: ReplayReport
}

export function hasWork({ older, policies, mails }: ReplayReport): boolean {
  return older !== null || mails.fresh > 0 || policies.some(({ again }) => again > 0)
}

export async function look(ctx: JobContext, prepared: Prepared, asOf: Instant): Promise<Seen> {
  const older = await olderThanLog(ctx)
  if (older !== null && older.why !== 'fewer') throw olderError(ctx, older)
  await refuseAnotherSecret(ctx)
  const outside = await outsideLog(ctx)
  const log = outside.state === 'signed' ? outside.log : null
  const known = log === null ? nothing : await readKnown(ctx, log, older?.here ?? log.checkpoint.size)
  const named = ceiling(ctx, known)
  const counts = newCounts()
  for await (const page of peopleAgain(ctx, prepared, known)) {
    named.count(page.lines)
    counts.add(page, page.found.filter(({ standing }) => standing === 'again').length)
  }
  named.refuse()
  const mails = await mailsAgain(ctx, prepared, known, asOf, false)
  const here = new Set((await listHolds(ctx.database, false)).map(({ id }) => id))
  const report: ReplayReport = {
    confirmed: false,
    older,
    policies: counts.list(),
    mails,
    untold: known.untold,
    lostHolds: known.lostHolds.filter((id) => !here.has(id)),
    exit: 0,
    whyStopped: 'looked only, nothing was changed',
  }
  const idle = !hasWork(report)
  return { log, known, report: idle ? { ...report, whyStopped: 'there is nothing to replay' } : report }
}

const nothing: Known = {
  people: new Map(),
  mails: new Map(),
  proven: new Set(),
  untold: 0,
  lostHolds: [],
}

/** `before`: of an earlier pass; who went then stays counted, who was kept is looked at anew. */
export function newCounts(before: readonly ReplayedPolicy[] = []) {
  const counts = new Map<string, ReplayedPolicy>(
    before.map((one) => [`${one.what} ${one.policy}`, { ...one, held: 0, restricted: 0, left: 0 }]),
  )
  return {
    /** `again`: of those who may go, how many go. */
    add: ({ named, what, policy, found }: FoundPage, again: number): void => {
      const of = (standing: string): number => found.filter((one) => one.standing === standing).length
      const name = `${what} ${named}`
      const sofar = counts.get(name) ?? { again: 0, held: 0, restricted: 0, left: 0 }
      const goes = policy === null ? 0 : again
      counts.set(name, {
        policy: named,
        what,
        again: sofar.again + goes,
        held: sofar.held + of('held'),
        restricted: sofar.restricted + of('restricted'),
        left: sofar.left + of('again') - goes,
      })
    },
    list: (): readonly ReplayedPolicy[] => [...counts.values()],
  }
}
