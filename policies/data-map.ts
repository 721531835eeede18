/** The data map: where the site keeps what the policies speak of. Written by developers. */

export type TimeFormat =
  | 'datetime' // DATETIME or text `YYYY-MM-DD HH:MM:SS[.f]`, naive, in a declared zone
  | 'timestamp' // MySQL TIMESTAMP: read in UTC
  | 'date' // a civil date
  | 'epoch seconds'
  | 'epoch milliseconds'
  | '14 digits' // YYYYMMDDHHMMSS, naive, in a declared zone
  | 'iso text' // ISO 8601 with offset or Z; sorts by time only when all are in one offset

/** One column that tells when something happened. `table` is null for the kind's own table. */
export interface TimeColumn {
  readonly table: string | null
  readonly column: string
  /** `auto`: from the type in the live schema. */
  readonly format: TimeFormat | 'auto'
  /** Zone of naive values; null: of the data map `stored_in`, for a date `zone`. */
  readonly zone: string | null
  /** Raw values that mean *did not happen*; null stands for SQL NULL. */
  readonly never: readonly (string | null)[]
  /** False: the values do not sort by time, so the column is never scanned by cutoff. */
  readonly ordered: boolean
  /**
   * Only rows with these constants: key-value rows. Left out when there are none, so that terms stay as they are.
   */
  readonly where?: Readonly<Record<string, string>>
  /** Place in a column of JSON: `$.last_login`. */
  readonly path?: string
}

/** Words for the plain sentence. A French noun phrase stands with its article: `la dernière connexion`. */
export interface EventLabel {
  readonly en: string
  readonly fr: string
}

/** Plural nouns without article: `accounts`, `comptes`. The gender is the French noun's. */
export interface KindLabel {
  readonly en: string
  readonly fr: string
  readonly gender: 'm' | 'f'
}

export interface Event {
  readonly name: string
  /** Reads after "three years after": `the last sign-in`, `la dernière connexion`. */
  readonly label?: EventLabel | null
  /** What a kind is called while nothing moves this clock: `unused`, `inutilisés`. Agrees with the kind. */
  readonly idle?: EventLabel | null
  /** The latest of these; the first is the one that is scanned. */
  readonly latestOf: readonly TimeColumn[]
  /** Used only when every source says never. */
  readonly else: TimeColumn | null
  readonly roundedTo: 'end of fiscal year' | null
  /** Who moves this clock: a fixed start never moves. Moving by the site is forbidden as a start. */
  readonly slides: 'never' | 'by the person' | 'by the site'
  /**
   * Columns (`table.column`, or one of the kind's own) that do not contradict this clock, each with the reason.
   * Left out when there is none; nobody is told of it, so that terms stay as they are.
   */
  readonly waived?: Readonly<Record<string, string>>
}

export type Strategy =
  | { readonly strategy: 'blank' } // '' for text, NULL where the column cannot be text
  | { readonly strategy: 'null' }
  | { readonly strategy: 'fixed'; readonly value: string }
  | { readonly strategy: 'unique_address' }
  | { readonly strategy: 'year' | 'month' }
  | { readonly strategy: 'truncated_ip' }
  | { readonly strategy: 'coarse_user_agent' }
  | { readonly strategy: 'generalised'; readonly kept: number } // the first characters of a text
  | { readonly strategy: 'bucketed'; readonly width: number } // a number, down to a multiple of the width
  | { readonly strategy: 'without'; readonly paths: readonly string[] } // places that leave JSON: `$.phone`
  | { readonly strategy: 'keep'; readonly because: string }

/** How a kind's rows are tied to the kind that they are `of`: own column → column of the parent. */
export interface Link {
  readonly columns: Readonly<Record<string, string>>
  /** Polymorphic links: further own columns with the constant that selects this parent. */
  readonly where: Readonly<Record<string, string>>
}

export interface Archive {
  /** The kind that holds the archived rows. */
  readonly into: string
  /** Column of the archive table → column of this kind's table. */
  readonly columns: Readonly<Record<string, string>>
}

export interface Kind {
  readonly name: string
  readonly label?: KindLabel | null
  /** What the rule packs call this kind of data (`account`, `cookie`, `invoice` …); the kind's name by default. */
  readonly category: string
  readonly table: string
  readonly key: readonly string[]
  readonly identity: readonly string[]
  readonly subject: boolean
  readonly of: string | null
  /** Null: the single foreign key of the live schema to the parent's table. */
  readonly link: Link | null
  readonly contact: {
    readonly email: string
    readonly name: string | null
    readonly locale: string | null
  } | null
  readonly events: Readonly<Record<string, Event>>
  /** Name → column (`table.column` or a column of this table) → the values that make it true. */
  readonly states: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
  readonly except: Readonly<Record<string, readonly string[]>>
  /** Article 18: rows in one of these states are stored only. */
  readonly restricted: Readonly<Record<string, readonly string[]>>
  readonly personal: Readonly<Record<string, Strategy>>
  /** Columns that hold no personal data although their name looks like it; column → why. */
  readonly exempt: Readonly<Record<string, string>>
  readonly archive: Archive | null
  /** What `withdraw consent` writes: column → constant, null for SQL NULL. */
  readonly withdrawn: Readonly<Record<string, string | null>>
  /** Column that says an action was done (set to the run's instant); null: our own `oubli_done`. */
  readonly done: Readonly<Partial<Record<'anonymise' | 'truncate fields' | 'withdraw consent', string>>>
  /** `drop`: a partition of the table is dropped whole when all its rows are due. */
  readonly partitions?: 'drop'
}

export interface Site {
  readonly name: string
  readonly url: string
  /** What stands in a discreet mail in place of the site and its controller. */
  readonly discreet?: { readonly name: string; readonly url: string; readonly contact: string } | undefined
}

export interface DataMap {
  readonly controller: { readonly name: string; readonly contact: string; readonly dpo: string }
  readonly site: Site
  /** Zone of the policies: days begin and end here. */
  readonly zone: string
  /** Zone of naive times of day unless a column says otherwise. A date is a day of `zone`. */
  readonly storedIn: string
  /** Values before this day cannot be true. Civil date. */
  readonly launchedOn: string
  /** `MM-DD`, last day of the fiscal year. */
  readonly fiscalYearEnds: string
  readonly canaries: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
  readonly kinds: Readonly<Record<string, Kind>>
  /** Tables that hold no personal data; table → why. */
  readonly outOfScope: Readonly<Record<string, string>>
}
