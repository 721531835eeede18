/** What a restored backup brought back, and what a replay would do about it. Writes nothing. */
import type { Instant } from '../base/clock.ts'
import type { ExitCode } from '../base/errors.ts'
import { listHolds } from '../db/own/holds.ts'
import { countOfRun, isRunKnown } from '../db/own/log-place.ts'
import { newCeilings, type Above } from '../plan/replay-ceilings.ts'
import type { JobContext } from './context.ts'
import { refuseAnotherSecret } from './ledger-secret.ts'
import { olderError, olderThanLog, type Older } from './older.ts'
import { outsideLog, type OutsideLog } from './outside-log.ts'
import type { Prepared } from './prepare.ts'
import { keptAgain } from './replay-kept.ts'
import { readKnown, type Known } from './replay-ledger.ts'
import { lastMailsInDoubt } from './replay-last-mails.ts'
import { mailsAgain, type MailsAgain } from './replay-mails.ts'
import { countNotFound, lostKinds, type LostKind } from './replay-missing.ts'
import { peopleAgain, type FoundPage, type Seeing } from './replay-people.ts'
import { refuseRestoredSite } from './site-restored.ts'

/** People under one policy of the log. */
export interface ReplayedPolicy {
  readonly policy: string
  readonly what: 'erased' | 'anonymised'
  /** Who goes, or went, again. */
  readonly again: number
  readonly held: number
  readonly restricted: number
  /** Nothing written today may do it, the log does not name them, or it could not be done: they are still here. */
  readonly left: number
}

export interface ReplayReport {
  readonly confirmed: boolean
  readonly older: Older | null
  readonly policies: readonly ReplayedPolicy[]
  /** Who goes again, under all policies together. */
  readonly going: number
  /** Where more go than may without their number. */
  readonly above: readonly Above[]
  readonly mails: MailsAgain
  /** Mails after an erasure that waited in the backup: they are not sent. */
  readonly lastMails: number
  /** Rows of those who went again that the database still had when it was asked afterwards, at least. */
  readonly leftBehind: number
  /** Mails that the ledger names and the log does not: they are not taken for sent. */
  readonly unnamedMails: number
  /** Named by ledger and log since the backup, and nobody here: they came after it, or are read otherwise today. */
  readonly notFound: number
  /** Kinds of people that went since the backup and that cannot be read today. */
  readonly lostKinds: readonly LostKind[]
  /** Named by the log, unknown to the ledger: they cannot be found. */
  readonly untold: number
  /** Holds that were set after the backup and are not here any more. */
  readonly lostHolds: readonly string[]
  /** Requests to stay that were made after the backup, of people who are here: they are recorded again. */
  readonly keptAgain: number
  /** Such requests of people who were not found. */
  readonly lostRequests: readonly string[]
  readonly exit: ExitCode
  readonly whyStopped: string
}

/** What there is to do, before anything is done. */
export interface Seen {
  /** Null: nothing was ever sealed here. */
  readonly log: OutsideLog | null
  readonly known: Known
  readonly report: ReplayReport
  /** A later pass adds to it. */
  readonly seeing: Seeing
  /** People who are no longer here because this very replay erased them before it was killed. */
  readonly goneAlready: number
}

export function hasWork({ older, policies, mails, keptAgain: kept }: ReplayReport): boolean {
  return (
    older !== null || mails.fresh + mails.takenBack > 0 || kept > 0 || policies.some(({ again }) => again > 0)
  )
}

/** Throws a `refused` error when key, secret or ledger are not those of this log. */
export async function look(
  ctx: JobContext,
  prepared: Prepared,
  asOf: Instant,
  atMost: number | null,
): Promise<Seen> {
  const older = await olderThanLog(ctx)
  if (older !== null && older.why !== 'fewer') throw olderError(ctx, older)
  await refuseAnotherSecret(ctx)
  const outside = await outsideLog(ctx)
  const log = outside.state === 'signed' ? outside.log : null
  // One that was begun has brought tombstones of people who are still here.
  if (log === null || !(await isRunKnown(ctx.database, log.id)))
    await refuseRestoredSite(ctx, prepared, false)
  const known = log === null ? nothing : await readKnown(ctx, log, prepared.dataMap.zone)
  const goneAlready = log === null ? 0 : await countOfRun(ctx.database, log.id, 'subject.erased')
  const counts = newCounts()
  const seeing: Seeing = { met: new Set(), people: new Map() }
  const ceilings = newCeilings(seeing.people, atMost)
  for await (const page of peopleAgain(ctx, prepared, known, seeing)) {
    const going = page.found.filter(({ standing }) => standing === 'again')
    counts.add(page, going.length)
    if (page.policy !== null)
      ceilings.count(page.policy, going.length, going.filter(({ canary }) => canary).length)
  }
  const mails = await mailsAgain(ctx, prepared, known, asOf, false)
  const here = new Set((await listHolds(ctx.database, false)).map(({ id }) => id))
  const kept = await keptAgain(ctx, prepared, known, false)
  const report: ReplayReport = {
    confirmed: false,
    older,
    policies: counts.list(),
    going: ceilings.total(),
    above: ceilings.above(),
    mails,
    lastMails: await lastMailsInDoubt(ctx, log, { older }),
    leftBehind: 0,
    unnamedMails: known.unnamedMails,
    notFound: notFound(prepared, { known, seeing, goneAlready }),
    lostKinds: lostKinds(prepared, known),
    untold: known.untold,
    lostHolds: known.lostHolds.filter((id) => !here.has(id)),
    keptAgain: kept.again.length,
    lostRequests: kept.lost,
    exit: 0,
    whyStopped: 'looked only, nothing was changed',
  }
  const seen = { log, known, seeing, goneAlready }
  const idle = !hasWork(report)
  return { ...seen, report: idle ? { ...report, whyStopped: 'there is nothing to replay' } : report }
}

/** As far as it was looked: whoever is anonymised first is known by what they are called afterwards. */
export function notFound(prepared: Prepared, seen: Pick<Seen, 'known' | 'seeing' | 'goneAlready'>): number {
  return Math.max(0, countNotFound(prepared, seen.known, seen.seeing.met) - seen.goneAlready)
}

const nothing: Known = {
  people: new Map(),
  kept: new Map(),
  putBack: new Map(),
  mails: new Map(),
  takenBack: new Map(),
  unnamedMails: 0,
  backup: { lacks: { from: 0, to: 0 }, lacked: { from: 0, to: 0 } },
  untold: 0,
  lostHolds: [],
  lostRequests: [],
  acted: new Set(),
  newest: '',
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
