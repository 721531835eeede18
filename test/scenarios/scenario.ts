/** Reads one scenario folder: the story in YAML, checked only so far that a typing error cannot pass for silence. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { packageRoot } from '../../config/files.ts'

export const scenarioRoot = join(packageRoot(), 'test/scenarios')

export type Rows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>

/** One thing that happens. `oubli` is a command line; everything else comes from outside the program. */
export interface Step {
  /** Local time in Paris, `2026-01-01T10:00`: from now on the database's clock says this. */
  readonly at?: string
  /** Arguments of the command. */
  readonly oubli?: readonly (string | number)[]
  /** Expected exit code of the command; 0 by default. */
  readonly exit?: number
  /** Texts that must be in what the command printed. */
  readonly says?: string | readonly string[]
  /** Recipients of all mails that the relay took during the step, in any order. */
  readonly mails?: readonly string[]
  /** Kinds of all evidence entries that the step added, in any order. */
  readonly entries?: readonly string[]
  /** Point of the run → what happens there, the first time that it is reached. */
  readonly during?: Readonly<Record<string, readonly Step[]>>
  /** The same, begun there and waited for only when the command has ended: what has to wait for its locks. */
  readonly meanwhile?: Readonly<Record<string, readonly Step[]>>
  /** Reads the plan's fingerprint and approves it. */
  readonly approve?: true
  /** Releases the only hold. */
  readonly release?: true
  /** What the site itself writes. */
  readonly sql?: string | readonly string[]
  /** Changes a file beside the settings. */
  readonly edit?: { readonly file: string; readonly from: string; readonly to: string }
  readonly write?: { readonly file: string; readonly text: string }
  readonly smtp?: { readonly refuse: readonly string[] | 'all' | 'none' }
  /** The last mail to this address comes back as undeliverable. */
  readonly bounce?: string
  /** Runs a command again and again, at the same local hour. */
  readonly repeat?: {
    readonly every: string
    readonly until: string
    readonly oubli: readonly (string | number)[]
  }
}

const stepKeys: ReadonlySet<string> = new Set<keyof Step>([
  ...(['at', 'oubli', 'exit', 'says', 'mails', 'entries', 'during', 'meanwhile'] as const),
  ...(['approve', 'release', 'sql', 'edit', 'write', 'smtp', 'bounce', 'repeat'] as const),
])

/** `gone`, `{ new: columns }`, or column → [before, after]. */
export type Change = 'gone' | Readonly<Record<string, unknown>>
export type Changes = Readonly<Record<string, Readonly<Record<string, Change>>>>

export interface Scenario {
  readonly name: string
  readonly folder: string
  /** Databases on which it can be told; null: all. */
  readonly databases: readonly string[] | null
  /** More tables than those of the site. */
  readonly schema: string
  readonly before: Rows
  readonly steps: readonly Step[]
  readonly after: Changes
}

export function scenarioNames(): readonly string[] {
  return readdirSync(scenarioRoot, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'site')
    .map((entry) => entry.name)
    .sort()
}

export function readScenario(name: string): Scenario {
  const folder = join(scenarioRoot, name)
  const timeline = readYaml(join(folder, 'timeline.yml')) as
    { readonly databases: readonly string[]; readonly steps: readonly Step[] } | readonly Step[]
  const steps = 'steps' in timeline ? timeline.steps : timeline
  for (const step of steps) checkStep(name, step)
  if (!existsSync(join(folder, 'story.md'))) throw new Error(`${name}: no story.md`)
  const extra = join(folder, 'schema.sql')
  return {
    name,
    folder,
    databases: 'databases' in timeline ? timeline.databases : null,
    schema: existsSync(extra) ? readFileSync(extra, 'utf8') : '',
    before: generated((readYaml(join(folder, 'before.yml')) ?? {}) as Rows),
    steps,
    after: expanded((readYaml(join(folder, 'after.yml')) ?? {}) as Changes),
  }
}

function readYaml(file: string): unknown {
  return parse(readFileSync(file, 'utf8'))
}

function checkStep(name: string, step: Step): void {
  for (const key of Object.keys(step))
    if (!stepKeys.has(key)) throw new Error(`${name}: timeline.yml knows no "${key}"`)
  for (const inner of [...Object.values(step.during ?? {}), ...Object.values(step.meanwhile ?? {})].flat())
    checkStep(name, inner)
}

/** A row with `count: n` stands for n rows; `{n}` in a text is the number, and the key counts up. */
function generated(rows: Rows): Rows {
  return Object.fromEntries(
    Object.entries(rows).map(([table, list]) => [
      table,
      list.flatMap((row) => {
        if (row['count'] === undefined) return [row]
        const { count, ...columns } = row
        return Array.from({ length: Number(count) }, (_, i) => numbered(columns, i))
      }),
    ]),
  )
}

function numbered(columns: Readonly<Record<string, unknown>>, i: number): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, value]) => {
      if (name === 'id') return [name, Number(value) + i]
      return [name, typeof value === 'string' ? value.replaceAll('{n}', String(i)) : value]
    }),
  )
}

/** `1..2000: change` stands for so many keys. */
function expanded(changes: Changes): Changes {
  return Object.fromEntries(
    Object.entries(changes).map(([table, rows]) => [
      table,
      Object.fromEntries(
        Object.entries(rows).flatMap(([key, change]) => {
          const range = /^(\d+)\.\.(\d+)$/.exec(key)
          if (range === null) return [[key, change] as const]
          const [from, to] = [Number(range[1]), Number(range[2])]
          return Array.from({ length: to - from + 1 }, (_, i) => [String(from + i), change] as const)
        }),
      ),
    ]),
  )
}
