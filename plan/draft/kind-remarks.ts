/** What a proposed kind says in its comments: where its link comes from, and what a person has to look at. */
import { isUnique } from '../tie.ts'
import { isAkin, isWordless } from './descend.ts'
import type { Stay } from './authored.ts'
import type { DraftColumn } from './draft.ts'
import { personalWords } from './json-places.ts'
import type { Judged } from './kinds.ts'
import { typePairs, type TypePair } from './by-word.ts'
import { isPassing, type FoundLink } from './found-link.ts'
import { isWritable } from './names.ts'
import { remark, type Remark } from './remarks.ts'
import type { TableSample } from './shapes.ts'
import type { Looked } from './tree.ts'

export function linkRemarks(judged: Judged, table: string, by: FoundLink | null): readonly Remark[] {
  const remarks: Remark[] = []
  const looked = judged.looked.get(table)
  if (by !== null && Object.keys(by.where).length > 0)
    remarks.push(remark('pairSeen', { type: Object.keys(by.where).join(', ') }))
  else if (by !== null && !by.declared) {
    const sample = judged.linkSamples(by)
    const counts =
      sample === null || sample.asked === 0
        ? {}
        : { asked: String(sample.asked), found: String(sample.found) }
    const columns = Object.keys(by.columns).join(', ')
    remarks.push(remark('linkGuessed', { columns, ...counts }))
    if (by.or !== undefined)
      remarks.push(remark('linkEither', { columns, to: by.to, others: by.or.join(', ') }))
  }
  if (by !== null) remarks.push(...partRemarks(judged, by))
  for (const link of judged.doubted.filter((one) => one.table === table)) {
    const sample = judged.linkSamples(link)
    const params = { columns: Object.keys(link.columns).join(', '), to: link.to }
    const counts = { asked: String(sample?.asked ?? 0), found: String(sample?.found ?? 0) }
    remarks.push(remark('linkDoubted', { ...params, ...counts }))
  }
  for (const link of looked === undefined ? [] : othersThan(by, looked, judged))
    remarks.push(remark('linkOther', { columns: Object.keys(link.columns).join(', '), to: link.to }))
  return remarks
}

/** By a part of the other table's key, which a person has to make unique first. */
function partRemarks(judged: Judged, by: FoundLink): readonly Remark[] {
  const to = judged.looked.get(by.to)?.table
  const columns = Object.values(by.columns)
  if (by.declared || to === undefined || isUnique(to, columns)) return []
  const rest = to.primaryKey.filter((name) => !columns.includes(name))
  return [remark('linkPart', { to: by.to, key: columns.join(', '), rest: rest.join(', ') })]
}

/** What a person wrote for the site, and what others hang their rows on. */
export function stayRemarks(
  { name, of, by }: { readonly name: string; readonly of: string | null; readonly by: FoundLink | null },
  stay: Stay | null,
  others: readonly string[],
): readonly Remark[] {
  if (of === null || by === null) return []
  const params = { kind: name, parent: of, columns: Object.keys(by.columns).join(', ') }
  if (stay !== null) return [remark('written', params)]
  return others.length === 0 ? [] : [remark('othersOn', { ...params, tables: others.join(', ') })]
}

/** Guests beside members: their rows leave with nobody. */
export function nobodyRemarks(
  sample: TableSample | undefined,
  { of, by }: { readonly of: string | null; readonly by: FoundLink | null },
): readonly Remark[] {
  if (of === null || by === null || !isWordless(by)) return []
  const empty = Object.keys(by.columns).map((name) => {
    const shape = sample?.columns.get(name)
    return (shape?.nulls ?? 0) + (by.declared ? 0 : (shape?.shapes.never ?? 0))
  })
  const nobody = Math.max(...empty)
  if (sample === undefined || nobody === 0) return []
  return [remark('linkNobody', { nobody: String(nobody), rows: String(sample.rows), parent: of })]
}

/** Links beside the one that was taken, where a row that leaves at their other end is a question. */
function othersThan(by: FoundLink | null, looked: Looked, judged: Judged): readonly FoundLink[] {
  const { places } = judged
  const own = looked.table.name
  return looked.links.filter((link) => {
    const place = places.get(link.to)
    if (place === undefined || link === by || link.to === own || !isWordless(link)) return false
    if (link.clerk) return link.declared && place.as !== 'person' && isPassing(link)
    const said = link.declared || isAkin(link, looked, judged.looked)
    return place.as === 'person' || said || ownerOf(link.to, places) !== ownerOf(own, places)
  })
}

/** The table at the top of the tree in which this one is. */
function ownerOf(table: string, places: Judged['places']): string {
  const above = places.get(table)?.by[0]?.to
  return above === undefined ? table : ownerOf(above, places)
}

export function dataRemarks(
  judged: Judged,
  looked: Looked,
  columns: readonly DraftColumn[],
): readonly Remark[] {
  const { table, findings } = looked
  const sample = judged.samples.get(table.name)
  const remarks: Remark[] = []
  const add = (code: Remark['code'], names: readonly string[]): void => {
    if (names.length > 0) remarks.push(remark(code, { columns: names.join(', ') }))
  }
  const pair = judged.pairs.get(table.name)
  if (pair !== undefined) remarks.push(pairRemark(sample, pair))
  const personal = findings.filter(
    ({ column }) => table.primaryKey.includes(column.name) && column.family !== 'integer',
  )
  add(
    'keyPersonal',
    personal.map(({ column }) => column.name),
  )
  add(
    'noStrategy',
    columns.filter((one) => one.strategy === null).map((one) => one.name),
  )
  add(
    'oddColumns',
    findings.filter((one) => !isWritable(one.column.name)).map(({ column }) => column.name),
  )
  for (const { column } of findings) {
    const keys = personalWords(sample?.columns.get(column.name))
    const json = findings.some((one) => one.column === column && one.meaning === 'json')
    if (json && keys.length > 0)
      remarks.push(remark('jsonKeys', { column: column.name, keys: keys.join(', ') }))
  }
  add(
    'jsonRest',
    columns.filter(({ strategy }) => strategy?.strategy === 'without').map(({ name }) => name),
  )
  for (const lost of unknownPairs(looked)) remarks.push(remark('pairUnknown', { ...lost }))
  if (columns.some((one) => one.strategy?.strategy === 'truncated_ip')) remarks.push(remark('addressesCut'))
  const part = columns.filter(({ strategy }) =>
    ['generalised', 'bucketed'].includes(strategy?.strategy ?? ''),
  )
  add(
    'partKept',
    part.map(({ name }) => name),
  )
  if (sample?.rows === 0) remarks.push(remark('empty'))
  return remarks
}

function pairRemark(
  sample: TableSample | undefined,
  pair: { readonly name: string; readonly value: string },
): Remark {
  return remark('pairs', { value: pair.value, words: [...(sample?.pairs.keys() ?? [])].join(', ') })
}

/** Pairs of which no word led to a table. */
export function unknownPairs({ table, links }: Looked): readonly TypePair[] {
  return typePairs(table).filter(({ type }) => !links.some((link) => Object.hasOwn(link.where, type)))
}
