/** Signs of life that a fresh look proposes for people whom the data map has, and that no clock of theirs reads. */
import type { DataMap, Event, Kind, TimeColumn } from '../../policies/data-map.ts'
import type { Draft, DraftKind } from './draft.ts'
import { nameOf } from './events.ts'
import { remark, remarkText, type Remark } from './remarks.ts'

export interface NewClocks {
  readonly kind: string
  /** Each says one column, or one place in it. */
  readonly remarks: readonly Remark[]
}

/** `text`: the file of the map; what its comments tell already is not told again. */
export function newClocks({ kinds }: Draft, known: DataMap, text: string): readonly NewClocks[] {
  const told = text.replace(/\s*\n\s*#\s*/g, ' ')
  return kinds.flatMap((fresh): readonly NewClocks[] => {
    const there = Object.values(known.kinds).filter(
      (kind) => kind.subject && kind.table === fresh.table && Object.values(kind.events).some(slides),
    )
    const [first] = there
    if (first === undefined) return []
    const [read, waived] = [new Set(there.flatMap(readBy)), new Set(there.flatMap(waivedBy))]
    const remarks = [...new Set(signsOf(fresh))]
      .filter((name) => !read.has(name) && !waived.has(placeIn(name)) && !waived.has(name))
      .filter((name) => !Object.hasOwn(known.outOfScope, tableIn(name)))
      .map((column) => remark('clockUnused', { column }))
      .filter((one) => !(['en', 'fr'] as const).some((lang) => told.includes(remarkText(one, lang))))
    return remarks.length === 0 ? [] : [{ kind: first.name, remarks }]
  })
}

/** Who moves it, or may. */
function slides(event: Event): boolean {
  return event.slides !== 'never' || event.else !== null || event.latestOf.length > 1
}

/** The sources that would be proposed, and those that are too many; a date that everybody has is none. */
function signsOf({ events, remarks }: DraftKind): readonly string[] {
  const event = events.find((one) => one.slides)
  const start = event?.else == null ? null : nameOf(event.else)
  const sources = (event?.sources ?? []).map(nameOf).filter((name) => name !== start)
  const more = remarks.flatMap(({ code, params }) =>
    code === 'clockUnused' && params['column'] !== undefined ? [params['column']] : [],
  )
  return [...sources, ...more]
}

function readBy(kind: Kind): readonly string[] {
  return Object.values(kind.events)
    .flatMap((event) => [...event.latestOf, ...(event.else === null ? [] : [event.else])])
    .map((one) => nameOf({ ...one, column: columnOf(kind, one) }))
}

function columnOf({ table: own }: Kind, { table, column }: TimeColumn): string {
  return table === null || table === own ? column : `${table}.${column}`
}

function waivedBy({ table, events }: Kind): readonly string[] {
  return Object.values(events).flatMap(({ waived = {} }) =>
    Object.keys(waived)
      .map((path) => (path.startsWith(`${table}.`) ? path.slice(table.length + 1) : path))
      .map((path) => path.replace(/ (\$\S+)$/, ' ($1)')),
  )
}

/** `wp_usermeta.meta_value` of `wp_usermeta.meta_value (meta_key = last_login)`. */
function placeIn(name: string): string {
  return name.replace(/ \(.*$/, '')
}

function tableIn(name: string): string {
  const place = placeIn(name)
  return place.slice(0, Math.max(0, place.lastIndexOf('.')))
}
