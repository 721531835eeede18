/** What was said of a backup when policies were approved to act, for everybody who asks how long copies live. */
import { firstApprovals } from '../db/own/approvals.ts'
import type { Session } from '../db/session.ts'
import { civilDate } from '../plan/civil.ts'
import type { DeclaredBackup } from '../report/facts.ts'
import type { Enforcement } from './first-enforcement.ts'

/** The one that is kept longest: what is erased today lives as long as the last copy. Null: nobody said a word. */
export async function declaredBackup(session: Session, zone: string): Promise<DeclaredBackup | null> {
  const said = (await firstApprovals(session)).flatMap(({ approvedAt, enforcement }) =>
    enforcement === null ? [] : [{ approvedAt, backup: (JSON.parse(enforcement) as Enforcement).backup }],
  )
  const [newest] = said
  if (newest === undefined) return null
  const [longest] = said
    .flatMap(({ backup }) => ('none' in backup ? [] : [backup]))
    .sort((a, b) => (a.keptUntil > b.keptUntil ? -1 : 1))
  return longest === undefined
    ? { state: 'none', declaredOn: civilDate(Date.parse(newest.approvedAt), zone) }
    : { state: 'named', taken: longest.taken, keptUntil: longest.keptUntil }
}
