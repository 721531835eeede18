/** What a column of JSON holds of a person: places that could leave it, and signs of life. */
import type { Strategy } from '../../policies/data-map.ts'
import { holdsJson } from '../site-schema.ts'
import type { DraftClock } from './draft.ts'
import { isSignOfLife, lastName, personalNames } from './json-names.ts'
import { isWritable } from './names.ts'
import { remark, type Remark } from './remarks.ts'
import { isTelling, share, type ColumnShape, type TableSample } from './shapes.ts'
import { times } from './times.ts'
import type { Looked } from './tree.ts'

const lower = (names: readonly string[]): readonly string[] => names.map((name) => name.toLowerCase())
const personal = new Set(lower(personalNames))

/** Of the words that were seen as keys of JSON: those that name a person. */
export function personalWords(shape: ColumnShape | undefined): readonly string[] {
  return (shape?.words ?? []).filter((word) => personal.has(word))
}

/**
 * The places of a person's data, where all of them were found and something else stands beside them. Null: the whole
 * document is better taken away.
 */
export function withoutPersonal(shape: ColumnShape | undefined): Strategy | null {
  const members = shape?.members
  if (members === undefined || members.unread > 0) return null
  const all = [...members.places.keys()]
  const named = all.filter((path) => personal.has(lastName(path).toLowerCase()))
  const paths = named.filter((path) => !named.some((above) => path.startsWith(`${above}.`)))
  const found = new Set(lower(named.map(lastName)))
  if (paths.length === 0 || personalWords(shape).some((word) => !found.has(word))) return null
  const belongs = (path: string): boolean =>
    paths.some((one) => one === path || path.startsWith(`${one}.`) || one.startsWith(`${path}.`))
  return members.others || !all.every(belongs) ? { strategy: 'without', paths: paths.sort() } : null
}

/** Clocks at a place of JSON; a remark where a key promises one and the sample does not show it. `below`: the table is not the person's own. */
export function jsonClocks(
  looked: Looked | undefined,
  sample: TableSample | undefined,
  below: boolean,
): { readonly clocks: readonly DraftClock[]; readonly remarks: readonly Remark[] } {
  const clocks: DraftClock[] = []
  const remarks: Remark[] = []
  for (const column of looked?.table.columns ?? []) {
    const shape = sample?.columns.get(column.name)
    if (looked === undefined || shape === undefined || column.generated) continue
    const name = below ? `${looked.table.name}.${column.name}` : column.name
    const readable = holdsJson(column) && isWritable(column.name)
    const found = readable ? [...(shape.members?.places ?? [])].flatMap(clockAt(name)) : []
    clocks.push(...found)
    const told = new Set(found.map(({ path = '' }) => lastName(path).toLowerCase()))
    const lost = shape.words.filter((word) => isSignOfLife(word) && !told.has(word))
    const json = (shape.shapes.json ?? 0) > 0
    if (json && lost.length > 0) remarks.push(remark('clockInJson', { column: name, keys: lost.join(', ') }))
  }
  return { clocks, remarks }
}

function clockAt(column: string) {
  return ([path, shape]: readonly [string, ColumnShape]): readonly DraftClock[] => {
    const time = times.find(({ shapes }) => isTelling(shape) && share(shape, ...shapes) >= 0.9)
    if (time === undefined || !isSignOfLife(path)) return []
    return [{ column, path, format: time.format, nevers: shape.nevers, ordered: true }]
  }
}
