/** Which rows of a flat table holds keep, read so that a hold set meanwhile is noticed. */
import { keyFromText } from '../base/subject-ref.ts'
import { holdsSignature, keysUnderHold } from '../db/own/holds.ts'
import type { FlatScope, Kept } from '../db/site/flat-rows.ts'
import { longestList } from '../db/site/match.ts'
import type { Session } from '../db/session.ts'
import type { CompiledPolicy, KeyColumn, Owner } from '../plan/compiled.ts'
import { flatBounds } from '../plan/flat.ts'

export interface ReadScope {
  readonly scope: FlatScope
  readonly holds: { readonly kinds: readonly string[]; readonly signature: string }
}

/** Null: there are more holds than a statement should list, so the table is worked through row by row. */
export async function readScope(
  session: Session,
  policy: CompiledPolicy,
  bound: string,
): Promise<ReadScope | null> {
  const kinds = [...new Set(policy.owners.map(({ kind }) => kind))]
  const signature = await readSignature(session, kinds)
  const kept: Kept[] = []
  for (const owner of policy.owners) {
    const values = (await keysUnderHold(session, owner.kind)).map(keyFromText)
    if (values.length > longestList) return null
    kept.push({ columns: columnsOf(policy, owner), values })
  }
  // A hold set between the two readings would be missing from the list but not from the signature.
  if ((await readSignature(session, kinds)) !== signature) return await readScope(session, policy, bound)
  return { scope: { bounds: flatBounds(policy, bound), kept }, holds: { kinds, signature } }
}

export async function readSignature(session: Session, kinds: readonly string[]): Promise<string> {
  const statement = holdsSignature(kinds)
  if (statement === null) return ''
  const [row] = await session.rows({
    text: `SELECT (${statement.text}) AS signature`,
    values: statement.values,
  })
  const value = row?.['signature']
  return typeof value === 'string' ? value : ''
}

/** The row's own key, or the one column that names the owner. */
function columnsOf(policy: CompiledPolicy, { hops }: Owner): readonly KeyColumn[] {
  const [hop] = hops
  return hop === undefined ? policy.key : hop.columns.map(({ own }) => ({ name: own, family: 'integer' }))
}
