/** Foreign keys from schemas that nobody asked for: what hangs on a row of the site goes with it, wherever it lies. */
import type { SiteSchema } from '../plan/site-schema.ts'
import type { Session } from './session.ts'

/** Further schemas with a foreign key into one of these, or into one of them; as far as the account can see them. */
export async function schemasReferring(
  session: Session,
  asked: readonly string[],
): Promise<readonly string[]> {
  const known = [...asked]
  for (let newest: readonly string[] = asked; newest.length > 0;) {
    const rows = await session.rows({
      text:
        'SELECT DISTINCT r.constraint_schema AS owner FROM information_schema.referential_constraints r ' +
        `WHERE r.unique_constraint_schema IN (${marks(newest)}) AND r.constraint_schema NOT IN (${marks(known)}) ` +
        'ORDER BY r.constraint_schema',
      values: [...newest, ...known],
    })
    newest = rows.flatMap(({ owner }) => (typeof owner === 'string' ? [owner] : []))
    known.push(...newest)
  }
  return known.slice(asked.length)
}

function marks(values: readonly string[]): string {
  return values.map(() => '?').join(', ')
}

/** All tables that were asked for, and of the others those whose keys lead to one of them, over others or at once. */
export function onlyReferring(schema: SiteSchema, isAsked: (table: string) => boolean): SiteSchema {
  const kept = new Set([...schema.keys()].filter(isAsked))
  for (let before = -1; before < kept.size;) {
    before = kept.size
    for (const { name, foreignKeys } of schema.values())
      if (foreignKeys.some(({ toTable }) => kept.has(toTable))) kept.add(name)
  }
  return new Map([...schema].filter(([name]) => kept.has(name)))
}
