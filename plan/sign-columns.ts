/** Which columns of a table may show when a person did something, and how each is read. */
import type { TimeColumn } from '../policies/data-map.ts'
import { settleColumn, unnamedZone } from './compile-clock.ts'
import type { ClockColumn } from './compiled.ts'
import type { FoundLink } from './draft/found-link.ts'
import { soundsLikeLink } from './link-words.ts'
import { looksPersonal } from './personal-words.ts'
import { findingsFor } from './plan-problem.ts'
import type { SettledMap } from './settled-map.ts'
import { mayBeAnAct, soundsLikeTime } from './sign-names.ts'
import type { Column, Table } from './site-schema.ts'

export interface SignColumns {
  readonly signs: readonly ClockColumn[]
  /** Columns that could hold a time in some way and are not read. */
  readonly unread: readonly string[]
}

/** Too small for a time: flags and little counters. */
const tooSmall = /^(?:tinyint|smallint|mediumint|bool|bit|year)/i

/** `links`: what the names of the whole schema say. The clock's own columns and our marks say nothing new. */
export function signColumnsOn(
  map: SettledMap,
  table: Table,
  inClock: readonly string[],
  links: readonly FoundLink[],
): SignColumns {
  const kinds = [...map.kinds.values()].filter((kind) => kind.table.name === table.name)
  const left = new Set([
    ...inClock,
    ...kinds.flatMap(({ kind }) => Object.values(kind.done)),
    ...table.primaryKey,
    ...table.foreignKeys.flatMap(({ columns }) => columns),
    ...kinds.flatMap(({ kind: { link } }) => Object.keys({ ...link?.columns, ...link?.where })),
    ...links.filter((link) => link.table === table.name).flatMap(({ columns }) => Object.keys(columns)),
  ])
  const asked = table.columns.filter(
    ({ name, generated, type, family }) =>
      !generated &&
      !left.has(name) &&
      (declaredIn(map, table, name) !== null || !isNoTime(family, type, name)),
  )
  const signs = asked.filter(({ name }) => mayBeAnAct(name)).flatMap((column) => timesIn(map, table, column))
  const found = new Set(signs.map(({ column }) => column))
  return { signs, unread: asked.map(({ name }) => name).filter((name) => !found.has(name)) }
}

/** A whole number that is a link by its name, or too small to be a time. */
function isNoTime(family: Column['family'], type: string, name: string): boolean {
  return family === 'integer' && (tooSmall.test(type) || soundsLikeLink(name))
}

/**
 * As the data map declares the column, or as its type says. A number is read in every way that it may mean, and so
 * is a text that is called a time or is as long as one: what lies between the bound and now is one.
 */
function timesIn(map: SettledMap, table: Table, column: Column): readonly ClockColumn[] {
  const declared = declaredIn(map, table, column.name)
  return declared === null ? readAs(map, column, formatsOf(column)) : [declared]
}

/** A text in every way in which it may be a time. */
export function textTimes(map: SettledMap, column: Column): readonly ClockColumn[] {
  return readAs(map, column, anyText)
}

function readAs(
  map: SettledMap,
  column: Column,
  formats: readonly ClockColumn['format'][],
): readonly ClockColumn[] {
  return formats.map((format) => ({
    column: column.name,
    never: [null],
    ordered: true,
    family: column.family,
    format,
    zone: format === 'timestamp' || format.startsWith('epoch') ? 'UTC' : unnamedZone(format, map.dataMap),
  }))
}

const numbers = ['epoch seconds', 'epoch milliseconds', '14 digits'] as const
const texts = ['iso text', 'datetime', 'date', '14 digits'] as const
const anyText = [...texts, 'epoch seconds', 'epoch milliseconds'] as const

function formatsOf(column: Column): readonly ClockColumn['format'][] {
  switch (column.family) {
    case 'datetime':
    case 'date':
    case 'timestamp':
      return [column.family]
    case 'integer':
    case 'decimal':
      return numbers
    case 'text':
      if (soundsLikeTime(column.name)) return anyText
      return isAsLongAsATime(column.length) && !looksPersonal(column) ? texts : []
    case 'binary':
    case 'other':
      return []
  }
}

/** `2026-05-31`, 14 digits, `2026-05-31 10:00:00`, or with a fraction and an offset. */
function isAsLongAsATime(length: number | null): boolean {
  return length !== null && (length === 10 || length === 14 || (length >= 19 && length <= 32))
}

/** What is declared of some rows, or of a place in JSON, says nothing of the others. */
function declaredIn(map: SettledMap, table: Table, name: string): ClockColumn | null {
  for (const { kind } of map.kinds.values())
    for (const event of Object.values(kind.events))
      for (const one of [...event.latestOf, ...(event.else === null ? [] : [event.else])])
        if ((one.table ?? kind.table) === table.name && one.column === name && isWhole(one))
          return settleColumn(map, table, one, findingsFor(null))
  return null
}

function isWhole({ where, path }: TimeColumn): boolean {
  return where === undefined && path === undefined
}
