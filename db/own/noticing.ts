/** Of which policies there are notices, by the kind of the people. */
import type { Session } from '../session.ts'
import { text } from './row.ts'

export interface Noticing {
  readonly policy: string
  readonly kind: string
}

/** One or two seeks for each, however many people it has told. */
export async function noticingPolicies(session: Session): Promise<readonly Noticing[]> {
  const found: Noticing[] = []
  for (;;) {
    const last = found.at(-1)
    const next = (last && (await otherKind(session, last))) ?? (await otherPolicy(session, last))
    if (next === null) return found
    found.push(next)
  }
}

async function otherKind(session: Session, { policy, kind }: Noticing): Promise<Noticing | null> {
  const rows = await session.rows({
    text: 'SELECT kind FROM oubli_warning WHERE policy = ? AND kind > ? ORDER BY policy, kind LIMIT 1',
    values: [policy, kind],
  })
  return rows[0] === undefined ? null : { policy, kind: text(rows[0], 'kind') }
}

async function otherPolicy(session: Session, last: Noticing | undefined): Promise<Noticing | null> {
  const rows = await session.rows({
    text:
      `SELECT policy, kind FROM oubli_warning${last === undefined ? '' : ' WHERE policy > ?'} ` +
      'ORDER BY policy, kind LIMIT 1',
    values: last === undefined ? [] : [last.policy],
  })
  return rows[0] === undefined ? null : { policy: text(rows[0], 'policy'), kind: text(rows[0], 'kind') }
}
