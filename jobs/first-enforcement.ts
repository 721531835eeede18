/**
 * The first time that a policy acts. Nothing is more dangerous than a first time, so whoever approves types the
 * policy's name and says which backup there is; both are kept with the approval and in the evidence.
 */
import { OubliError } from '../base/errors.ts'
import type { Instant } from '../base/clock.ts'
import { readServerFacts } from '../db/server-facts.ts'
import { countErasedSince } from '../db/own/tombstones.ts'
import { civilDate, startOfDay, type CivilDate } from '../plan/civil.ts'
import type { JobContext } from './context.ts'

/** As it was typed; Oubli cannot look at a backup. */
export type Backup = { readonly taken: CivilDate; readonly keptUntil: CivilDate } | { readonly none: string }

export interface Enforcement {
  /** Policy → hash of the terms under which it acts for the first time. */
  readonly policies: Readonly<Record<string, string>>
  readonly backup: Backup
  /** Whole days for which the server's binary log keeps erased rows; 0: for ever; null: there is none. */
  readonly binlogDays: number | null
  /** People erased since the day of the backup: restored today, it would bring them back. */
  readonly comesBack: number
  /** The same in a sentence. */
  readonly restore: string
}

export interface FirstTime {
  readonly policy: string
  readonly termsHash: string
}

/** Throws a `refused` error `E_FIRST_ENFORCEMENT` unless every one was named and a word on the backup is there. */
export function requireWords(
  first: readonly FirstTime[],
  fingerprint: string,
  named: readonly string[],
  backup: Backup | null,
): void {
  const names = first.map(({ policy }) => policy)
  const unnamed = names.filter((name) => !named.includes(name))
  if (unnamed.length === 0 && (first.length === 0 || backup !== null)) return
  throw new OubliError(
    'refused',
    'E_FIRST_ENFORCEMENT',
    `${names.join(', ')}: would act for the first time; expected the names of these policies and a word on the backup, found ${
      unnamed.length === 0 ? 'no word on the backup' : `no --policy ${unnamed.join(' ')}`
    }`,
    `Type: oubli approve ${fingerprint.slice(0, 16)} --policy ${names.join(' ')} --backup-taken YYYY-MM-DD --backup-kept-until YYYY-MM-DD (or --no-backup "why"). Only what you name is approved; the others go on observing.`,
  )
}

/**
 * Throws a `refused` error `E_FIRST_UNWARNED`: lint only warns of it, as a policy that acts already must not stop for a
 * missing word.
 */
export function refuseUnwarned(fresh: readonly FirstTime[], unwarned: ReadonlyMap<string, string>): void {
  const found = fresh.flatMap(({ policy }) => {
    const event = unwarned.get(policy)
    return event === undefined ? [] : [`${policy} (counted from "${event}")`]
  })
  if (found.length === 0) return
  throw new OubliError(
    'refused',
    'E_FIRST_UNWARNED',
    `${found.join(', ')}: would erase accounts under terms that never acted, without telling the people, and the data map does not say who moves the date`,
    'Nothing was approved. If a sign-in or a purchase moves the date, write `slides: by the person` at that event in the data map and `warn:` in the policy. If nothing that the person does moves it, as with a request, write `slides: never` there. `--policy` approves others meanwhile.',
  )
}

/** Throws a `settings` error `E_BACKUP_DAYS` for a backup that is not there yet, or not any more. */
export function checkBackup(backup: Backup, today: CivilDate): void {
  if ('none' in backup) return
  if (backup.taken <= today && backup.keptUntil >= today) return
  throw new OubliError(
    'settings',
    'E_BACKUP_DAYS',
    `expected a backup that was taken on ${today} or before and is kept until then or longer, found one of ${backup.taken} kept until ${backup.keptUntil}`,
    'Take a backup now and say its days, or say --no-backup "why".',
  )
}

export async function enforcementOf(
  ctx: JobContext,
  first: readonly FirstTime[],
  backup: Backup,
  now: Instant,
  zone: string,
): Promise<Enforcement> {
  checkBackup(backup, civilDate(now, zone))
  const { binlogDays } = await readServerFacts(ctx.database)
  const comesBack =
    'none' in backup ? 0 : await countErasedSince(ctx.database, startOfDay(backup.taken, zone))
  return {
    policies: Object.fromEntries(first.map(({ policy, termsHash }) => [policy, termsHash])),
    backup,
    binlogDays,
    comesBack,
    restore: restoreWords(backup, comesBack),
  }
}

function restoreWords(backup: Backup, comesBack: number): string {
  if ('none' in backup) return 'Nothing that is erased wrongly can be brought back.'
  return (
    `Restored today, the backup of ${backup.taken} would bring back ${comesBack} people who were erased since, ` +
    'and after each run those whom it erased; `oubli replay` erases them again (docs/restore.md).'
  )
}
