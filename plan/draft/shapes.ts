/**
 * What a bounded sample says of a column, in counts. No value of a row gets this far: only classes, and words
 * out of lists that were asked for (names of the schema, and closed lists of ours).
 */

export type ValueShape =
  | 'email'
  | 'phone'
  | 'ip'
  | 'user agent'
  | 'iban'
  | 'json' // an object or a list
  | 'serialised' // as PHP writes its arrays
  | 'prose' // six words and more
  | 'proper name' // two to four words in capitals
  | 'token' // 24 characters and more of a key or a hash
  | 'epoch seconds'
  | 'epoch milliseconds'
  | '14 digits'
  | '8 digits' // a day as a number; no clock can read it
  | 'iso in UTC'
  | 'iso with offset'
  | 'datetime'
  | 'date'
  | 'long ago' // a day of the years 1900 to 1994: a birth rather than what a site has seen
  | 'written date' // 31/12/2026 and its kin; no clock can read it
  | 'four bytes'
  | 'sixteen bytes'
  | 'never' // 0, an empty text, a zero date

export interface ColumnShape {
  /** Values that are not NULL. */
  readonly values: number
  readonly nulls: number
  readonly distinct: number
  readonly shapes: Readonly<Partial<Record<ValueShape, number>>>
  /** What stands for *never*, as it is written: `0`, nothing, `0000-00-00` with or without a time. */
  readonly nevers: readonly string[]
  /** Of the words that were asked for: those that were seen, as a whole value or as a key of JSON. */
  readonly words: readonly string[]
  /** Only where objects of JSON were seen. */
  readonly members?: JsonMembers
}

/** What stands in the objects of a column of JSON. */
export interface JsonMembers {
  /** Values that could not be read as JSON, or not to their end. */
  readonly unread: number
  /** Is there a member under a name that nobody asked for? */
  readonly others: boolean
  /** `$.stats.seen` → what its values look like; every name was asked for. */
  readonly places: ReadonlyMap<string, ColumnShape>
}

/** Rows of one table whose column `name` holds a word that was asked for: what `value` looks like in them. */
export type PairShapes = ReadonlyMap<string, ColumnShape>

export interface TableSample {
  readonly rows: number
  readonly columns: ReadonlyMap<string, ColumnShape>
  /** For a table of key-value rows, by word. */
  readonly pairs: PairShapes
}

/** What to look for in a table. */
export interface Wanted {
  /** Column → words that may be told when a value is one of them. */
  readonly words: ReadonlyMap<string, readonly string[]>
  /** Words that may be told when they are keys of JSON. */
  readonly jsonKeys: readonly string[]
  /** Names that may be told when they lead to a member of JSON. */
  readonly jsonNames: ReadonlySet<string>
  readonly pair: { readonly name: string; readonly value: string } | null
}

/** Share of the values, apart from those that mean never, that have this shape; 0 without such values. */
export function share(shape: ColumnShape | undefined, ...wanted: readonly ValueShape[]): number {
  const said = (shape?.values ?? 0) - (shape?.shapes.never ?? 0)
  if (shape === undefined || said <= 0) return 0
  return wanted.reduce((sum, one) => sum + (shape.shapes[one] ?? 0), 0) / said
}

/** Enough values to believe what they look like. */
export function isTelling(shape: ColumnShape | undefined): boolean {
  return (shape?.values ?? 0) - (shape?.shapes.never ?? 0) >= 3
}
