/** What a data map that is there already does not mention. */
import type { DataMap, Kind } from '../../policies/data-map.ts'
import type { Draft, DraftColumn, DraftKind, DraftLeft } from './draft.ts'
import { isStrong, meaningOf } from './meanings.ts'
import type { TableSample } from './shapes.ts'
import { newClocks, type NewClocks } from './new-clocks.ts'
import { withoutPersonal } from './json-places.ts'
import { strategyFor } from './strategies.ts'
import type { SiteSchema } from '../site-schema.ts'
import { targetsOf, type FoundLink } from './found-link.ts'

export interface NewColumns {
  readonly kind: string
  readonly columns: readonly DraftColumn[]
}

export interface Difference {
  readonly kinds: readonly DraftKind[]
  readonly policies: Draft['policies']
  /** Columns of tables that the map has, and that it says nothing of. */
  readonly columns: readonly NewColumns[]
  /** Signs of life of people whom the map has, which no clock of theirs reads. */
  readonly clocks: readonly NewClocks[]
  readonly unmapped: readonly DraftLeft[]
  readonly things: readonly DraftLeft[]
}

/**
 * `text`: the file itself. Its comments list tables, one a line, that cannot be kinds or that seemed harmless;
 * a table that stands there was told once and is not told again.
 */
export function differenceOf(
  draft: Draft,
  known: DataMap,
  text: string,
  seen: {
    readonly schema: SiteSchema
    readonly samples: ReadonlyMap<string, TableSample>
    readonly links: readonly FoundLink[]
    /** What would be proposed if there were no map. */
    readonly fresh: Draft
  },
): Difference {
  const isNew = ({ table }: DraftLeft | DraftKind): boolean =>
    !Object.hasOwn(known.outOfScope, table) && !isListed(text, table)
  const kinds = draft.kinds.filter(isNew)
  return {
    kinds,
    policies: draft.policies.filter(({ kind }) => kinds.some((one) => one.name === kind)),
    columns: newColumns(known, text, seen),
    clocks: newClocks(seen.fresh, known, text),
    unmapped: draft.unmapped.filter(isNew).filter(({ table }) => !isKind(known, table)),
    things: draft.things.filter(isNew).filter(({ table }) => !isKind(known, table)),
  }
}

export function isEmpty(difference: Difference): boolean {
  return Object.values(difference).every((part: readonly unknown[]) => part.length === 0)
}

function isKind(known: DataMap, table: string): boolean {
  return Object.values(known.kinds).some((kind) => kind.table === table)
}

/** `#   products: …`, as the proposed file writes it. */
function isListed(text: string, name: string): boolean {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^\\s*# {1,4}${escaped}:(?: |$)`, 'm').test(text)
}

function newColumns(
  known: DataMap,
  text: string,
  { schema, samples, links }: Parameters<typeof differenceOf>[3],
): readonly NewColumns[] {
  const tables = [...new Set(Object.values(known.kinds).map((kind) => kind.table))]
  return tables.flatMap((name) => {
    const table = schema.get(name)
    const kinds = Object.values(known.kinds).filter((kind) => kind.table === name)
    const [kind] = kinds
    if (table === undefined || kind === undefined) return []
    const ruled = new Set([...kinds.flatMap(namedColumns), ...clockColumns(known, name), ...table.primaryKey])
    // A table of things, which is a kind for its links alone: a name there is most likely no person's.
    const beside = kinds.every((one) => !one.subject && one.of === null && isEmptyMap(one.personal))
    const people = Object.values(known.kinds)
      .filter((one) => one.subject)
      .map((one) => one.table)
    const columns = table.columns
      .filter((column) => !ruled.has(column.name))
      // In a map's own comments columns stand under their table, in those of an earlier difference under their kind.
      .filter(({ name: of }) => ![name, kind.name].some((place) => isListed(text, `${place}.${of}`)))
      .flatMap((column): readonly DraftColumn[] => {
        const link = links.find((one) => one.table === name && Object.hasOwn(one.columns, column.name))
        // What a foreign key says is asked by the plan itself.
        if (link?.declared === true) return []
        if (link !== undefined && targetsOf(link).some((to) => people.includes(to)))
          return [
            {
              name: column.name,
              meaning: 'link',
              sure: false,
              strategy: column.nullable ? { strategy: 'null' } : null,
            },
          ]
        const found =
          link === undefined ? meaningOf(column, samples.get(name)?.columns.get(column.name)) : null
        if (found === null || (beside && !isStrong({ ...found, column }))) return []
        const { meaning, sure } = found
        return [{ name: column.name, meaning, sure, strategy: strategyFor(meaning, column, table) }]
      })
    const all = [...columns, ...newPlaces(kinds, samples.get(name))]
    return all.length === 0 ? [] : [{ kind: kind.name, columns: all }]
  })
}

/** Places of a person's data in JSON that do not leave with those that the map names there. */
function newPlaces(kinds: readonly Kind[], sample: TableSample | undefined): readonly DraftColumn[] {
  const ruled = new Map(kinds.flatMap(({ personal }) => Object.entries(personal)))
  return [...ruled].flatMap(([name, strategy]): readonly DraftColumn[] => {
    const fresh = withoutPersonal(sample?.columns.get(name))
    if (strategy.strategy !== 'without' || fresh?.strategy !== 'without') return []
    const { paths } = strategy
    const more = fresh.paths.filter(
      (path) => !paths.some((one) => path === one || path.startsWith(`${one}.`)),
    )
    if (more.length === 0) return []
    return [
      { name, meaning: 'json', sure: false, strategy: { strategy: 'without', paths: [...paths, ...more] } },
    ]
  })
}

function isEmptyMap(map: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(map).length === 0
}

function namedColumns(kind: Kind): readonly string[] {
  return [
    ...kind.key,
    ...kind.identity,
    ...Object.keys(kind.personal),
    ...Object.keys(kind.exempt),
    ...Object.keys(kind.link?.columns ?? {}),
    ...Object.keys(kind.link?.where ?? {}),
    ...Object.keys(kind.except),
    ...Object.keys(kind.restricted),
    ...Object.keys(kind.withdrawn),
    ...Object.values(kind.done),
    ...Object.values(kind.states).flatMap((state) => Object.keys(state)),
  ]
}

function clockColumns(known: DataMap, table: string): readonly string[] {
  return Object.values(known.kinds).flatMap((kind) =>
    Object.values(kind.events).flatMap((event) =>
      [...event.latestOf, ...(event.else === null ? [] : [event.else])]
        .filter((one) => (one.table ?? kind.table) === table)
        .map((one) => one.column),
    ),
  )
}
