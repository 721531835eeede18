/** From one kind of a data map that fits the grammar to the kind that the plan works with. */
import type { Event, Kind, Link, Strategy, TimeColumn } from './data-map.ts'
import type { EventFile, TimeColumnFile } from './event-schema.ts'
import type { KindFile } from './kind-schema.ts'

type Scalar = string | number | boolean

export function readKind(name: string, raw: KindFile): Kind {
  return {
    name,
    label: raw.label ?? null,
    category: raw.category ?? name,
    table: raw.table,
    key: asList(raw.key),
    identity: asList(raw.identity ?? []),
    subject: raw.subject ?? false,
    of: raw.of ?? null,
    link: raw.link === undefined ? null : readLink(raw.link),
    contact:
      raw.contact === undefined
        ? null
        : { email: raw.contact.email, name: raw.contact.name ?? null, locale: raw.contact.locale ?? null },
    events: mapped(raw.events, (event, key) => readEvent(key, event)),
    states: mapped(raw.states, (state) => readValues(state)),
    except: readValues(raw.except),
    restricted: readValues(raw.restricted),
    personal: mapped(raw.personal, readStrategy),
    exempt: raw.exempt ?? {},
    archive:
      raw.archive === undefined
        ? null
        : { into: raw.archive.into, columns: readColumns(raw.archive.columns) },
    withdrawn: mapped(raw.withdrawn, (found) => (found === null ? null : String(found))),
    done: readDone(raw.done),
    ...(raw.partitions === undefined ? {} : { partitions: raw.partitions }),
  }
}

/** Values that are lists of text, whatever a column's values looked like in the file. */
export function readValues(
  raw: Readonly<Record<string, Scalar | readonly Scalar[]>> | undefined,
): Readonly<Record<string, readonly string[]>> {
  return mapped(raw, (found) => asList(found).map(String))
}

export function mapped<From, To>(
  raw: Readonly<Record<string, From>> | undefined,
  read: (value: From, key: string) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(raw ?? {}).map(([key, value]) => [key, read(value, key)]))
}

function asList<Item extends Scalar>(found: Item | readonly Item[]): readonly Item[] {
  return typeof found === 'object' ? found : [found]
}

function readEvent(name: string, raw: EventFile): Event {
  const sources = raw.latest_of ?? (raw.column === undefined ? [] : [raw.column])
  return {
    name,
    label: raw.label ?? null,
    idle: raw.idle ?? null,
    latestOf: sources.map((source) => readTimeColumn(source, raw)),
    else: raw.else === undefined ? null : readTimeColumn(raw.else, raw),
    roundedTo: raw.rounded_to ?? null,
    slides: raw.slides ?? 'never',
    ...(raw.waived === undefined ? {} : { waived: raw.waived }),
  }
}

/** What the event says of its columns holds for those that do not say it themselves. */
function readTimeColumn(source: TimeColumnFile, event: EventFile): TimeColumn {
  const own: Exclude<TimeColumnFile, string> = typeof source === 'string' ? { column: source } : source
  const dot = own.column.lastIndexOf('.')
  const never = own.never ?? event.never ?? [null]
  return {
    table: dot < 0 ? null : own.column.slice(0, dot),
    column: own.column.slice(dot + 1),
    format: own.format ?? event.format ?? 'auto',
    zone: own.zone ?? event.zone ?? null,
    never: never.map((value) => (value === null ? null : String(value))),
    ordered: own.ordered ?? event.ordered ?? true,
    ...(own.where === undefined ? {} : { where: mapped(own.where, String) }),
    ...(own.path === undefined ? {} : { path: own.path }),
  }
}

function readLink(raw: NonNullable<KindFile['link']>): Link {
  const { columns, where } = raw
  if (typeof columns === 'object') {
    return { columns, where: typeof where === 'object' ? mapped(where, String) : {} }
  }
  return { columns: mapped(raw as Readonly<Record<string, string>>, String), where: {} }
}

function readStrategy(raw: NonNullable<KindFile['personal']>[string]): Strategy {
  if (raw === null) return { strategy: 'null' }
  if (typeof raw === 'string') return { strategy: raw }
  if ('generalised' in raw) return { strategy: 'generalised', kept: raw.generalised }
  if ('bucketed' in raw) return { strategy: 'bucketed', width: raw.bucketed }
  if ('fixed' in raw) return { strategy: 'fixed', value: String(raw.fixed) }
  if ('without' in raw) return { strategy: 'without', paths: raw.without }
  return { strategy: 'keep', because: raw.keep }
}

function readColumns(raw: NonNullable<KindFile['archive']>['columns']): Readonly<Record<string, string>> {
  return Array.isArray(raw) ? Object.fromEntries(raw.map((column) => [column, column])) : raw
}

function readDone(raw: KindFile['done']): Kind['done'] {
  const given = Object.entries(raw ?? {}).filter(([, column]) => column !== undefined)
  return Object.fromEntries(given)
}
