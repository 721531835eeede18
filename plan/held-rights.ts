/** The rights that an account has against those that it needs; both are read from statements of one form. Pure. */

export interface Grant {
  /** `*.*`, `schema.*` or `schema.table`; names without quotes. */
  readonly on: string
  /** Right → the columns that it is limited to; null: the whole table. */
  readonly rights: ReadonlyMap<string, readonly string[] | null>
  /** May hand its rights on to others. */
  readonly option: boolean
}

export interface RightsCompared {
  /** In words, for a line each: what the account could do and never needs. */
  readonly tooMuch: readonly string[]
  /** What is missing, as rights and their place. */
  readonly tooLittle: readonly { readonly rights: string; readonly on: string }[]
}

/** Rights on the whole server that show the load of the server, or keep less in its log, and no row. */
const harmless = [
  ...['USAGE', 'PROCESS', 'REPLICATION CLIENT', 'BINLOG MONITOR', 'SLAVE MONITOR', 'REPLICA MONITOR'],
  ...['BINLOG ADMIN', 'SESSION_VARIABLES_ADMIN'],
]

/** A statement as `SHOW GRANTS` prints it. Null: a role, a proxy or a procedure, about which nothing is said. */
export function readGrant(text: string): Grant | null {
  const [, rights, on, rest = ''] =
    /^GRANT (.+) ON ((?:`(?:[^`]|``)+`|\*)\.(?:`(?:[^`]|``)+`|\*)) TO (.+)$/.exec(text) ?? []
  if (rights === undefined || on === undefined) return null
  const found = new Map<string, readonly string[] | null>()
  for (const [, right = '', columns] of rights.matchAll(/([A-Z_]+(?: [A-Z_]+)*)(?: \(([^)]*)\))?(?:, |$)/g)) {
    const before = found.get(right)
    const named = columns === undefined ? null : columnsIn(columns)
    found.set(right, before === null || named === null ? null : [...(before ?? []), ...named])
  }
  return { on: names(on).join('.'), rights: found, option: / WITH GRANT OPTION/.test(rest) }
}

/** Of a statement that is not read: what it gives, without to whom, since the hash of a password can stand there. */
export function whatIsGranted(text: string): string {
  const [, what] = /^(?:GRANT|SET) (.+?)(?: TO | FOR |$)/s.exec(text) ?? []
  return what ?? 'a statement of another form'
}

/** Names in backticks, and stars. A schema is a pattern in which a backslash takes `_` and `%` literally. */
function names(text: string): readonly string[] {
  return [...text.matchAll(/`((?:[^`]|``)+)`|(\*)/g)].map(
    ([, quoted, star]) => star ?? (quoted ?? '').replaceAll('``', '`').replaceAll(/\\([_%])/g, '$1'),
  )
}

/** With backticks or, from older servers, without. */
function columnsIn(text: string): readonly string[] {
  return text.split(/, ?/).map((name) => name.replace(/^`(.*)`$/, '$1').replaceAll('``', '`'))
}

/** `proposed`: rights that it may have and does not need. */
export function compareRights(
  held: readonly Grant[],
  needed: readonly Grant[],
  proposed: readonly Grant[] = [],
): RightsCompared {
  return {
    tooMuch: held.flatMap((grant) => surplus(grant, [...needed, ...proposed])),
    tooLittle: needed.flatMap((grant) =>
      [...grant.rights]
        .filter(([right, columns]) => !isHeld(held, grant.on, right, columns))
        .map(([right, columns]) => ({ rights: withColumns(right, columns), on: grant.on })),
    ),
  }
}

function isHeld(
  held: readonly Grant[],
  on: string,
  right: string,
  columns: readonly string[] | null,
): boolean {
  const fitting = held.filter((grant) => covers(grant.on, on))
  const limits = fitting.flatMap(({ rights }) => {
    if (rights.has('ALL PRIVILEGES')) return [null]
    const limit = rights.get(right)
    return limit === undefined ? [] : [limit]
  })
  if (limits.includes(null)) return true
  const all = limits.flatMap((limit) => limit ?? [])
  return columns !== null && columns.length > 0 && columns.every((column) => all.includes(column))
}

/** A right on the whole server holds for every schema, one on a schema for each of its tables. */
function covers(wide: string, on: string): boolean {
  if (wide === '*.*' || wide === on) return true
  return wide.endsWith('.*') && on.startsWith(wide.slice(0, -1))
}

function surplus({ on, rights, option }: Grant, needed: readonly Grant[]): readonly string[] {
  const spare = [...rights].flatMap(([right, columns]) => {
    if (harmless.includes(right) && (on === '*.*' || right === 'USAGE')) return []
    // Shows names alone, and with them the foreign keys that lead here from that schema.
    if (right === 'REFERENCES') return []
    const limits = needed.filter((grant) => grant.on === on).map(({ rights: all }) => all.get(right))
    const known = limits.filter((limit) => limit !== undefined)
    // The notice and the status that the site shows are views of ours.
    if (known.length === 0)
      return right === 'SELECT' && /\.oubli_\w+$/.test(on) ? [] : [withColumns(right, columns)]
    if (known.includes(null)) return []
    const wanted = known.flatMap((limit) => limit ?? [])
    if (columns === null) return [`${right} of every column`]
    const more = columns.filter((column) => !wanted.includes(column))
    return more.length === 0 ? [] : [withColumns(right, more)]
  })
  const all = [...spare, ...(option ? ['GRANT OPTION'] : [])]
  return all.length === 0 ? [] : [`${all.join(', ')} on ${on}`]
}

function withColumns(right: string, columns: readonly string[] | null): string {
  return columns === null ? right : `${right} (${columns.join(', ')})`
}
