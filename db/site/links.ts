/**
 * Whose a row is. Its link can spell the value of its parent otherwise: `ABC` is the child of `abc` where the collation
 * folds case, and 42 that of 00000042, as ZEROFILL prints it.
 */
import { keyText } from '../../base/subject-ref.ts'
import type { Join } from '../../plan/compiled.ts'
import type { Dialect, Row, Session, Statement } from '../session.ts'
import { textOrNull } from './candidates.ts'
import { bind } from './match.ts'

type Link = readonly string[]

/** Values that are compared with as many others in one statement; SQLite puts no more than 500 together. */
const mostCompared = 200

/** What a row leads to, or is led to by, whole numbers without zeros before them. Null: some column has no value. */
export function linkIn({ columns, numbers }: Join, values: readonly (string | null)[]): Link | null {
  const link = values.filter((value) => value !== null)
  if (link.length < columns.length) return null
  return link.map((value, i) =>
    numbers?.includes(columns[i]?.own ?? '') === true ? value.replace(/^0+(?=\d)/, '') : value,
  )
}

/**
 * To which of these links, as key text, each of the rows leads; null: to none. The rows were found by their own
 * collation; those that spell it otherwise are asked about.
 */
export async function leadingTo(
  session: Session,
  dialect: Dialect,
  join: Join,
  parent: string,
  rows: readonly Row[],
  links: readonly Link[],
): Promise<readonly (string | null)[]> {
  const known = new Set(links.map(keyText))
  const strangers = new Map<string, Link>()
  const own = rows.map((row) => {
    const values = join.columns.map((_, i) => textOrNull(row[`oubli_p${i}`]))
    const link = linkIn(join, values)
    if (link === null) return null
    const text = keyText(link)
    if (!known.has(text)) strangers.set(text, link)
    return text
  })
  if (strangers.size === 0) return own
  const same = await sameLinks(session, dialect, join, parent, [...strangers.values()], links)
  return own.map((text) => (text === null || known.has(text) ? text : (same.get(text) ?? null)))
}

/**
 * The parent's collation decides, also where no foreign key does. Its column is unique, so at most one of the links is
 * the same as another spelling, and a spelling that is somebody else's own value is never taken. The rows of the
 * parents are not read: they may be gone.
 */
async function sameLinks(
  session: Session,
  dialect: Dialect,
  join: Join,
  parent: string,
  spelt: readonly Link[],
  links: readonly Link[],
): Promise<ReadonlyMap<string, string>> {
  const same = new Map<string, string>()
  const on = join.columns.map((_, i) => `a.oubli_v${i} = b.oubli_v${i}`).join(' AND ')
  for (const some of portions(spelt))
    for (const others of portions(links)) {
      const [a, b] = [asParents(dialect, join, parent, some), asParents(dialect, join, parent, others)]
      const rows = await session.rows({
        text: `SELECT a.oubli_n AS oubli_a, b.oubli_n AS oubli_b FROM (${a.text}) a JOIN (${b.text}) b ON ${on}`,
        values: [...a.values, ...b.values],
      })
      for (const row of rows) {
        const [one, other] = [some[Number(row['oubli_a'])], others[Number(row['oubli_b'])]]
        if (one !== undefined && other !== undefined) same.set(keyText(one), keyText(other))
      }
    }
  return same
}

function portions(links: readonly Link[]): readonly (readonly Link[])[] {
  const count = Math.ceil(links.length / mostCompared)
  return Array.from({ length: count }, (_, i) => links.slice(i * mostCompared, (i + 1) * mostCompared))
}

/** Values as rows that compare as the parent's own columns do: what stands first gives all of them its collation. */
function asParents(dialect: Dialect, join: Join, parent: string, links: readonly Link[]): Statement {
  const columns = join.columns.map((pair, i) => `${dialect.quote(pair.parent)} AS oubli_v${i}`)
  const values = join.columns.map(() => '?').join(', ')
  return {
    text: [
      `SELECT 0 AS oubli_n, ${columns.join(', ')} FROM ${dialect.quote(parent)} WHERE 1 = 0`,
      ...links.map((_, n) => `SELECT ${n}, ${values}`),
    ].join(' UNION ALL '),
    values: links.flatMap((link) =>
      join.columns.map(({ own }, i) =>
        bind(link[i] ?? '', join.bytes?.includes(own) === true ? 'binary' : 'other'),
      ),
    ),
  }
}
