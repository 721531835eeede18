/** Proposes a data map and policies from the live tables. Writes new files only, and no value of a row. */
import { dirname, join } from 'node:path'
import { OubliError } from '../base/errors.ts'
import { disk } from '../config/disk.ts'
import { readFolderIfThere, readTextIfThere, writeOnce } from '../config/files.ts'
import type { Settings } from '../config/settings.ts'
import { openDatabase } from '../db/connect.ts'
import { inspectSchema } from '../db/inspect.ts'
import type { Database } from '../db/session.ts'
import { sampleLink } from '../db/site/sample-links.ts'
import { sampleTable } from '../db/site/sample-shapes.ts'
import { draftOf, linksToSample, wantedOf } from '../plan/draft/build.ts'
import { differenceOf, isEmpty } from '../plan/draft/difference.ts'
import type { Draft } from '../plan/draft/draft.ts'
import type { LinkSampled } from '../plan/draft/kinds.ts'
import type { FoundLink } from '../plan/draft/found-link.ts'
import { linksOf } from '../plan/draft/links.ts'
import { prefixOf } from '../plan/draft/names.ts'
import type { TableSample } from '../plan/draft/shapes.ts'
import { differenceText, mapText } from '../plan/draft/write-map.ts'
import { policyText } from '../plan/draft/write-policy.ts'
import type { SiteSchema } from '../plan/site-schema.ts'
import type { DataMap } from '../policies/data-map.ts'
import { parseDataMap } from '../policies/parse-data-map.ts'
import type { Language } from '../policies/problem.ts'
import { renderProblem } from '../policies/problem-texts.ts'

export interface InitOptions {
  /** Null: the folder of the policies in the settings. */
  readonly to: string | null
  /** Of the comments. */
  readonly lang: Language
}

export interface Proposed {
  readonly written: readonly string[]
  /** Files of these names were there, and were left as they are. */
  readonly left: readonly string[]
  /** A data map was there: only what it does not mention is proposed. */
  readonly difference: boolean
  readonly tables: number
  readonly kinds: readonly {
    readonly name: string
    readonly table: string
    readonly of: string | null
    readonly person: boolean
  }[]
  /** `kind.column`: new columns of kinds that the data map has. */
  readonly columns: readonly string[]
  /** `kind.column`: signs of life of such kinds that no clock of theirs reads. */
  readonly clocks: readonly string[]
  readonly policies: readonly string[]
  /** Tables that speak of people and cannot be in the data map. */
  readonly unmapped: readonly string[]
  /** Tables whose words may be of people or of things. */
  readonly unsure: readonly string[]
  readonly todos: number
}

export interface Seen {
  readonly schema: SiteSchema
  readonly samples: ReadonlyMap<string, TableSample>
  readonly linkSamples: (link: FoundLink) => LinkSampled | null
}

/** Throws `OubliError`: `E_NO_TABLES`, `E_POLICIES` when a data map is there that cannot be read. */
export async function initFromDatabase(settings: Settings, options: InitOptions): Promise<Proposed> {
  const folder = options.to ?? settings.policies
  const path = options.to === null ? settings.dataMap : join(folder, 'data-map.yml')
  const text = await readTextIfThere(path)
  const known = text === null ? null : mapOrThrow(path, text, options.lang)
  const database = await openDatabase(settings.database)
  try {
    const seen = await lookAt(database)
    if (seen.schema.size === 0)
      throw new OubliError(
        'settings',
        'E_NO_TABLES',
        'database: expected the tables of the site, found none that this account can see',
        'Check the name of the database in the settings, and that the account may read its tables.',
      )
    const draft = draftOf({ ...seen, known })
    return known === null || text === null
      ? await writeAll(draft, seen, { folder, path, settings, lang: options.lang })
      : await writeDifference(draft, seen, { folder, known, text, lang: options.lang })
  } finally {
    await database.close()
  }
}

function mapOrThrow(path: string, text: string, lang: Language): DataMap {
  const { dataMap, problems } = parseDataMap({ path, text })
  if (dataMap !== null) return dataMap
  throw new OubliError(
    'policy',
    'E_POLICIES',
    `the data map has ${problems.length} problem(s):\n${problems.map((problem) => renderProblem(problem, lang)).join('\n')}`,
    'Mend it first, so that only what it does not mention is proposed.',
  )
}

/** The schema and a bounded sample of it, in counts. */
export async function lookAt(database: Database): Promise<Seen> {
  const schema = ofSite(await inspectSchema(database))
  const samples = new Map<string, TableSample>()
  for (const table of schema.values())
    samples.set(table.name, await sampleTable(database, database.dialect, table, wantedOf(schema, table)))
  const asked = new Map<string, LinkSampled>()
  for (const link of linksToSample(schema, samples)) {
    const [table, other] = [schema.get(link.table), schema.get(link.to)]
    if (table === undefined || other === undefined) continue
    if (Object.keys(link.where).length > 0) continue
    asked.set(nameOf(link), await sampleLink(database, database.dialect, table, link.columns, other))
  }
  return { schema, samples, linkSamples: (link) => asked.get(nameOf(link)) ?? null }
}

/** What other schemas hold may be nobody's to read here; the plan asks about it by name. */
function ofSite(schema: SiteSchema): SiteSchema {
  return new Map([...schema].filter(([name]) => !name.includes('.')))
}

function nameOf(link: FoundLink): string {
  return JSON.stringify([link.table, link.to, link.columns, link.where])
}

/** The data map last: it is what tells a second call that the first one was whole. */
async function writeAll(
  draft: Draft,
  { schema }: Seen,
  to: {
    readonly folder: string
    readonly path: string
    readonly settings: Settings
    readonly lang: Language
  },
): Promise<Proposed> {
  const { mail, schedule } = to.settings
  const site = { name: mail.from.name, contact: mail.replyTo ?? mail.from.address, zone: schedule.zone }
  const files = draft.policies.map((policy) => ({
    path: join(to.folder, `${policy.name}.yml`),
    text: policyText(policy, isPerson(draft, policy.kind), to.lang),
  }))
  files.push({ path: to.path, text: mapText(draft, site, to.lang) })
  for (const folder of new Set([to.folder, dirname(to.path)])) await disk.makeFolder(folder)
  const written: string[] = []
  const left: string[] = []
  for (const file of files) ((await isWritten(file.path, file.text)) ? written : left).push(file.path)
  const todos = files.reduce((sum, file) => sum + todosIn(file.text), 0)
  return { ...told(draft, schema), written, left, difference: false, columns: [], clocks: [], todos }
}

async function writeDifference(
  draft: Draft,
  seen: Seen,
  at: {
    readonly folder: string
    readonly known: DataMap
    readonly text: string
    readonly lang: Language
  },
): Promise<Proposed> {
  const { schema, samples } = seen
  const links = linksOf(schema, prefixOf(schema), samples)
  const fresh = draftOf({ ...seen, known: null })
  const difference = differenceOf(draft, at.known, at.text, { schema, samples, links, fresh })
  const policies = difference.policies.map((policy) =>
    policyText(policy, isPerson(draft, policy.kind), at.lang),
  )
  const columns = difference.columns.flatMap((one) => one.columns.map(({ name }) => `${one.kind}.${name}`))
  const clocks = difference.clocks.flatMap((one) =>
    one.remarks.map(({ params }) => `${one.kind}.${params['column'] ?? ''}`),
  )
  const result = { ...told(difference, schema), difference: true, columns, clocks }
  if (isEmpty(difference)) return { ...result, written: [], left: [], todos: 0 }
  const text = differenceText(difference, policies, at.lang)
  const earlier = await readFolderIfThere(at.folder, (name) =>
    /^data-map\.additions(?:-\d+)?\.txt$/.test(name),
  )
  const same = earlier.find((file) => file.text === text)
  const todos = todosIn(text)
  if (same !== undefined) return { ...result, written: [], left: [same.path], todos }
  for (let i = 1; ; i += 1) {
    const path = join(at.folder, `data-map.additions${i === 1 ? '' : `-${String(i)}`}.txt`)
    if (await isWritten(path, text)) return { ...result, written: [path], left: [], todos }
  }
}

/** False when there is a file of that name, which then stays as it is. */
async function isWritten(path: string, text: string): Promise<boolean> {
  try {
    await writeOnce(path, text)
    return true
  } catch (error) {
    if (error instanceof OubliError && error.code === 'E_FILE_EXISTS') return false
    throw error
  }
}

function isPerson(draft: Draft, name: string): boolean {
  return draft.kinds.some((kind) => kind.name === name && kind.subject)
}

function todosIn(text: string): number {
  return text.split('\n').filter((line) => /\btodo\b/.test(line)).length
}

function told(
  draft: Pick<Draft, 'kinds' | 'policies' | 'unmapped' | 'things'>,
  schema: SiteSchema,
): Pick<Proposed, 'tables' | 'kinds' | 'policies' | 'unmapped' | 'unsure'> {
  return {
    tables: schema.size,
    kinds: draft.kinds.map(({ name, table, of, subject }) => ({ name, table, of, person: subject })),
    policies: draft.policies.map(({ name }) => name),
    unmapped: draft.unmapped.map(({ table }) => table),
    unsure: draft.things.map(({ table }) => table),
  }
}
