/** Which rows of a table refer to which others of it, as the server itself compares them. */
import { keyText, type Key } from '../../base/subject-ref.ts'
import type { Dialect, Session } from '../session.ts'
import { textOrNull } from './candidates.ts'
import { joinInOrder, matchKeys, qualified } from './match.ts'
import { inLists, type Keyed } from './rows.ts'

/** Child and parent, as key texts; one that refers to itself stands there too. */
export async function readInnerParents(
  session: Session,
  dialect: Dialect,
  target: Keyed,
  { column, parent }: { readonly column: string; readonly parent: string },
  keys: readonly Key[],
): Promise<readonly (readonly [child: string, parent: string])[]> {
  const table = dialect.quote(target.table)
  const names = (alias: string): readonly string[] =>
    target.key.map(({ name }, i) => `${qualified(dialect, name, alias)} AS oubli_${alias}${i}`)
  const on = `${qualified(dialect, parent, 'p')} = ${qualified(dialect, column, 'c')}`
  const pairs: (readonly [string, string])[] = []
  for (const list of inLists(keys)) {
    const where = matchKeys(dialect, target.key, list, 'c')
    const rows = await session.rows({
      text: `SELECT ${[...names('c'), ...names('p')].join(', ')} FROM ${table} c ${joinInOrder(dialect)} ${table} p ON ${on} WHERE ${where.text}`,
      values: where.values,
    })
    for (const row of rows) {
      const key = (alias: string): string =>
        keyText(target.key.map((_, i) => textOrNull(row[`oubli_${alias}${i}`]) ?? ''))
      pairs.push([key('c'), key('p')])
    }
  }
  return pairs
}
