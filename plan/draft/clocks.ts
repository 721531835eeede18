/** Columns that say when something happened: a sign of life, or the day from which a row counts. */
import type { TimeFormat } from '../../policies/data-map.ts'
import { wordsOf } from '../personal-words.ts'
import type { Column, Table } from '../site-schema.ts'
import { share, type ColumnShape, type ValueShape } from './shapes.ts'

export type ClockRole = 'sign of life' | 'start' | 'other'

export interface FoundClock {
  readonly column: string
  readonly role: ClockRole
  /** `auto`: the type says it. Null: no format of the grammar reads it, or an empty table shows none. */
  readonly format: TimeFormat | 'auto' | null
  /** What stands for *never* beside NULL, as it is written. */
  readonly nevers: readonly string[]
  readonly nullable: boolean
  /** False: texts in several offsets do not sort by time. */
  readonly ordered: boolean
  /** What was seen where `format` is null: for the remark only. */
  readonly looks: 'a day as a number' | 'a written date' | 'bytes' | 'nothing yet' | 'something else' | null
}

const life =
  /_(\w*login\w*|\w*log_?on\w*|\w*sign_?in\w*|\w*conne(?:x|ct)ion\w*|last_?seen|seen|\w*last_?visit\w*|last_?access\w*|\w*last_?activ\w*|last_?act|active_at|last_?online|last_contact|last_used|last_session)_/
const noLife = /_(first|count|nb|failed|attempt\w*|ip|token|next|fail\w*|code|key|hash|provider|type)_/
const starts: readonly RegExp[] = [
  /_(created|creation|create|date_?add|registered|registration|\w*reg_?date|signup|sign_up|inscription|inscrit|joined|date_joined|member_since|date_creation|cree)_/,
  /_(added|placed|ordered|opened|sent|posted|published|submitted|received|issued|logged|collected|given|started|signed|visited|recorded|occurred|first_seen|first_set|accepted|since|ajout|ouvert|envoye|poste|publie|depose)_/,
  /_(date|datetime|timestamp|time|at|ts|when|day|jour|heure|epoch)_/,
]
const noStart =
  /_(updated?|upd|modified|modification|changed?|expires?|expiry|expiration|expired|deleted|deletion|ended?|end|closed|due|next|until|valid|verified|confirmed|birth\w*|naissance|last|truncated|anonymi[sz]ed|cancelled|terminated|restricted|delivered|paid|reset|blocked|locked|archived|reviewed|approved|zone|timezone|limit|slot|spent|diff|elapsed|duration|offset)_/

/** Clocks of a table, the best of each role first. */
export function clocksOf(table: Table, shapes: ReadonlyMap<string, ColumnShape>): readonly FoundClock[] {
  const found = table.columns.flatMap((column) => {
    const rank = rankOf(column)
    const clock = rank === null ? null : clockOf(column, rank.role, shapes.get(column.name))
    return rank === null || clock === null ? [] : [{ clock, tier: rank.tier }]
  })
  return found.sort((a, b) => a.tier - b.tier).map(({ clock }) => clock)
}

function rankOf(column: Column): { readonly role: ClockRole; readonly tier: number } | null {
  if (column.generated || column.family === 'other') return null
  const name = `_${wordsOf(column.name).join('_')}_`
  if (life.test(name) && !noLife.test(name)) return { role: 'sign of life', tier: 0 }
  if (noStart.test(name)) return null
  const tier = starts.findIndex((pattern) => pattern.test(name))
  return tier === -1 ? null : { role: 'start', tier: tier + 1 }
}

const dated = ['datetime', 'timestamp', 'date'] as const

function clockOf(column: Column, role: ClockRole, shape: ColumnShape | undefined): FoundClock | null {
  if (share(shape, 'long ago') >= 0.3) return null
  const base = {
    column: column.name,
    role,
    nevers: shape?.nevers ?? [],
    nullable: column.nullable,
    ordered: true,
    looks: null,
  }
  if (dated.some((family) => family === column.family)) return { ...base, format: 'auto' }
  const said = (shape?.values ?? 0) - (shape?.shapes.never ?? 0)
  // Without a value a number or a text could be anything; only a plain name is worth a remark then.
  if (said <= 0) return isPlainClock(column) ? { ...base, format: null, looks: 'nothing yet' } : null
  const all = (...shapes: ValueShape[]): boolean => share(shape, ...shapes) >= 0.95
  if (column.family === 'binary')
    return all('14 digits') || all('datetime') || all('date')
      ? { ...base, format: null, looks: 'bytes' }
      : null
  if (column.family === 'integer' || column.family === 'decimal') {
    if (all('epoch seconds')) return { ...base, format: 'epoch seconds' }
    if (all('epoch milliseconds')) return { ...base, format: 'epoch milliseconds' }
    if (all('14 digits')) return { ...base, format: '14 digits' }
    return all('8 digits') ? { ...base, format: null, looks: 'a day as a number' } : null
  }
  return textClock(base, all)
}

type Base = Omit<FoundClock, 'format'>

function textClock(base: Base, all: (...shapes: ValueShape[]) => boolean): FoundClock | null {
  if (all('datetime')) return { ...base, format: 'datetime' }
  if (all('date')) return { ...base, format: 'date' }
  if (all('14 digits')) return { ...base, format: '14 digits' }
  if (all('iso in UTC')) return { ...base, format: 'iso text' }
  if (all('iso in UTC', 'iso with offset')) return { ...base, format: 'iso text', ordered: false }
  if (all('written date')) return { ...base, format: null, looks: 'a written date' }
  if (all('8 digits')) return { ...base, format: null, looks: 'a day as a number' }
  if (all('epoch seconds', 'epoch milliseconds')) return { ...base, format: null, looks: 'something else' }
  return null
}

/** Its name says time and nothing else. */
function isPlainClock(column: Column): boolean {
  const words = wordsOf(column.name)
  return words.some((word) => /^(?:at|date|time|timestamp|datetime|created|registered|lastlogin)$/.test(word))
}

/** The first of a role that can be read, or null. */
export function readable(clocks: readonly FoundClock[], role: ClockRole): FoundClock | null {
  return clocks.find((clock) => clock.role === role && clock.format !== null) ?? null
}
