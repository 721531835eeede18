/** The live schema, as the plan needs to know it. Read by `db/inspect.ts`; the only source of identifiers. */

export type ColumnFamily =
  'integer' | 'decimal' | 'text' | 'binary' | 'datetime' | 'timestamp' | 'date' | 'other'

export interface Column {
  readonly name: string
  readonly family: ColumnFamily
  /** As the server spells the type, for messages; `json` also for a text of MariaDB that may hold nothing else. */
  readonly type: string
  readonly nullable: boolean
  /** Longest text that fits, in characters; null: no such limit known. */
  readonly length: number | null
  readonly generated: boolean
}

export interface ForeignKey {
  readonly name: string
  readonly table: string
  readonly columns: readonly string[]
  readonly toTable: string
  readonly toColumns: readonly string[]
  readonly onDelete: 'restrict' | 'cascade' | 'set null' | 'set default'
}

export interface Index {
  readonly name: string
  readonly columns: readonly string[]
  readonly unique: boolean
}

/** One partition of a table. */
export interface Partition {
  readonly name: string
  /** What stands after `VALUES LESS THAN`, as the server prints it; null where there is no such thing. */
  readonly bound: string | null
}

/** How a table is cut into partitions, as the server prints it. */
export interface Partitioning {
  /** `RANGE`, `RANGE COLUMNS`, `LIST`, `HASH` … */
  readonly method: string
  readonly expression: string
  /** Partitions that are themselves cut up. */
  readonly subpartitioned: boolean
  /** In the order of their bounds. */
  readonly parts: readonly Partition[]
}

export interface Table {
  readonly name: string
  readonly columns: readonly Column[]
  readonly primaryKey: readonly string[]
  readonly indexes: readonly Index[]
  /** Those that no statement may use (invisible, ignored), where there are any; foreign keys do all the same. */
  readonly unusedIndexes?: readonly Index[]
  readonly foreignKeys: readonly ForeignKey[]
  /**
   * False for an engine that cannot roll back (MyISAM, Aria, MEMORY), and for one that can and knows neither foreign
   * keys nor locks between rows (RocksDB, Spider): on a server, true is InnoDB.
   */
  readonly transactional: boolean
  /** MariaDB keeps past versions of its rows (SYSTEM VERSIONING), and hands them out. */
  readonly versioned?: boolean
  readonly partitioned: boolean
  /** Read for partitioned tables of MySQL and MariaDB. */
  readonly partitioning?: Partitioning
  /** Null: this account may not see them. */
  readonly triggers: readonly string[] | null
  /** The server's own estimate of the number of rows; null when it has none. */
  readonly roughRows: number | null
}

/**
 * Tables by name; our own (prefix `oubli_`) are left out. Of other schemas, as `schema.table`, those alone that were
 * asked for or whose foreign keys lead here.
 */
export type SiteSchema = ReadonlyMap<string, Table>

/** A name for the kind that a table could become; that of another schema has a dot in its own. */
export function kindOn({ name }: Table): string {
  return name.replaceAll('.', '_')
}

export function columnOf(table: Table, name: string): Column | undefined {
  return table.columns.find((column) => column.name === name)
}

export function allNullable(table: Table, columns: readonly string[]): boolean {
  return columns.every((name) => columnOf(table, name)?.nullable === true)
}

/** A text may be JSON on every database. */
export function holdsJson(column: Column): boolean {
  return column.family === 'text' || holdsOnlyJson(column)
}

export function holdsOnlyJson({ type }: Column): boolean {
  return /^json/i.test(type)
}
