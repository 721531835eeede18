/** Hand-made schemas, kinds and policies, as short as a test can read them. */
import { expect } from 'chai'
import type { Event, Kind, DataMap, TimeColumn } from '../../policies/data-map.ts'
import type { Policy } from '../../policies/policy.ts'
import type { Column, ColumnFamily, ForeignKey, SiteSchema, Table } from '../../plan/site-schema.ts'
import { compilePlan, type Compiled } from '../../plan/compile.ts'
import type { CompiledPolicy } from '../../plan/compiled.ts'
import { planProblemTexts, type PlanProblem } from '../../plan/problem-texts.ts'

const families: Readonly<Record<string, ColumnFamily>> = {
  int: 'integer',
  bit: 'integer',
  decimal: 'decimal',
  varchar: 'text',
  text: 'text',
  enum: 'text',
  blob: 'binary',
  datetime: 'datetime',
  timestamp: 'timestamp',
  date: 'date',
  json: 'other',
}

/** `int`, `varchar(80)`, `datetime null`, `int generated`. Not null unless said. */
function column(name: string, spec: string): Column {
  const [, type = '', length] = /^(\w+)(?:\((\d+)\))?/.exec(spec) ?? []
  return {
    name,
    family: families[type] ?? 'other',
    type: spec.replace(/ (null|generated)/g, ''),
    nullable: spec.includes(' null'),
    length: length === undefined ? null : Number(length),
    generated: spec.includes(' generated'),
  }
}

/** `user_id -> users.id cascade`, several columns with `+`: `a+b -> t.x+y`. */
function foreignKey(table: string, spec: string): ForeignKey {
  const found = /^(\S+) -> (\S+)\.(\S+)(?: (cascade|set null|restrict))?$/.exec(spec)
  if (found === null) throw new Error(`not a foreign key: ${spec}`)
  const [, own = '', toTable = '', to = '', onDelete] = found
  return {
    name: `${table}_${own}`,
    table,
    columns: own.split('+'),
    toTable,
    toColumns: to.split('+'),
    onDelete: (onDelete ?? 'restrict') as ForeignKey['onDelete'],
  }
}

export interface TableSpec {
  readonly columns: Readonly<Record<string, string>>
  /** `id` unless said. */
  readonly primaryKey?: readonly string[]
  readonly keys?: readonly string[]
  /** Comma-separated columns. Every foreign key is indexed, as InnoDB does. */
  readonly indexes?: readonly string[]
  readonly unique?: readonly string[]
  readonly transactional?: boolean
  readonly versioned?: boolean
  readonly partitioned?: boolean
  /** Null: not to be seen. */
  readonly triggers?: readonly string[] | null
  readonly roughRows?: number | null
}

export function schemaOf(tables: Readonly<Record<string, TableSpec>>): SiteSchema {
  return new Map(
    Object.entries(tables).map(([name, spec]): [string, Table] => {
      const foreignKeys = (spec.keys ?? []).map((key) => foreignKey(name, key))
      const listed = [
        ...(spec.indexes ?? []).map((text) => ({ columns: text.split(','), unique: false })),
        ...(spec.unique ?? []).map((text) => ({ columns: text.split(','), unique: true })),
        ...foreignKeys.map((key) => ({ columns: key.columns, unique: false })),
      ]
      return [
        name,
        {
          name,
          columns: Object.entries(spec.columns).map(([one, type]) => column(one, type)),
          primaryKey: spec.primaryKey ?? ['id'],
          indexes: listed.map((index, at) => ({ name: `${name}_${at}`, ...index })),
          foreignKeys,
          transactional: spec.transactional ?? true,
          versioned: spec.versioned ?? false,
          partitioned: spec.partitioned ?? false,
          triggers: spec.triggers === undefined ? [] : spec.triggers,
          roughRows: spec.roughRows === undefined ? 100_000 : spec.roughRows,
        },
      ]
    }),
  )
}

/** `last_login_at` or `sessions.started_at`. */
export function at(path: string, more: Partial<TimeColumn> = {}): TimeColumn {
  const [first = '', second] = path.split('.')
  const place = second === undefined ? { table: null, column: first } : { table: first, column: second }
  return { ...place, format: 'auto', zone: null, never: [null], ordered: true, ...more }
}

export function event(sources: readonly TimeColumn[], more: Partial<Event> = {}): Event {
  return { name: 'seen', latestOf: sources, else: null, roundedTo: null, slides: 'never', ...more }
}

export function kind(name: string, table: string, more: Partial<Kind> = {}): Kind {
  return {
    name,
    category: name,
    table,
    key: ['id'],
    identity: [],
    subject: false,
    of: null,
    link: null,
    contact: null,
    events: {},
    states: {},
    except: {},
    restricted: {},
    personal: {},
    exempt: {},
    archive: null,
    withdrawn: {},
    done: {},
    ...more,
  }
}

export function mapOf(kinds: readonly Kind[], more: Partial<DataMap> = {}): DataMap {
  return {
    controller: { name: 'C', contact: 'c@c.example', dpo: 'd@c.example' },
    site: { name: 'S', url: 'https://s.example' },
    zone: 'Europe/Paris',
    storedIn: 'Europe/Berlin',
    launchedOn: '2010-01-01',
    fiscalYearEnds: '12-31',
    canaries: {},
    kinds: Object.fromEntries(kinds.map((one) => [one.name, one])),
    outOfScope: {},
    ...more,
  }
}

export function policy(data: string, more: Partial<Policy> = {}): Policy {
  return {
    id: 'p',
    file: 'p.yml',
    promise: 'x',
    status: 'enforce',
    data,
    keepAtMost: { years: 3, months: 0, weeks: 0, days: 0, hours: 0 },
    keepAtLeast: null,
    countedFrom: 'seen',
    only: [],
    notWhile: [],
    fields: [],
    follows: null,
    then: 'erase',
    but: {},
    warn: null,
    perRun: { items: 500, mails: 500 },
    stopAbove: { percent: 2, count: null, percentByElse: 25 },
    purpose: 'x',
    legalBasis: 'x',
    because: 'x',
    approvedBy: null,
    approvedOn: null,
    reviewBy: null,
    ...more,
  }
}

export function compile(
  schema: SiteSchema,
  dataMap: DataMap,
  policies: readonly Policy[] = [policy('account')],
): Compiled {
  const compiled = compilePlan({ policies, dataMap, schema, templatesHash: 't', majorVersion: '0' })
  compiled.problems.forEach(expectWhole)
  return compiled
}

/** A problem carries all that its sentence names, in both languages. */
function expectWhole({ code, table, column, policy, params }: PlanProblem): void {
  const text = planProblemTexts[code]
  if (text === undefined) throw new Error(`${code} has no text`)
  const known: Readonly<Record<string, string>> = {
    ...params,
    table: table ?? '',
    column: column ?? '',
    policy: policy ?? '',
  }
  const named = (template: string) => [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  for (const lang of ['en', 'fr'] as const) {
    const always = named(text[lang].replace(/\[\[.*?\]\]/gs, ''))
    expect(
      always.filter((name) => (known[name] ?? '') === ''),
      `${code} in ${lang} lacks`,
    ).to.deep.equal([])
  }
}

/** The one policy of a plan; throws with the codes when it was refused. */
export function onlyPolicy(compiled: Compiled): CompiledPolicy {
  const [one] = compiled.plan.policies
  if (one === undefined) throw new Error(`refused: ${codes(compiled).join(', ')}`)
  return one
}

export function codes(compiled: Compiled): readonly string[] {
  return compiled.problems.map((problem) => problem.code)
}

export const users: TableSpec = {
  columns: {
    id: 'int',
    email: 'varchar(190)',
    seen_at: 'datetime null',
    status: 'varchar(10)',
    referred_by: 'int null',
  },
  indexes: ['seen_at'],
  unique: ['email'],
}

export const account = kind('account', 'users', {
  subject: true,
  events: { seen: event([at('seen_at')]) },
  personal: { email: { strategy: 'unique_address' } },
})
