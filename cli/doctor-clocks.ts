/** Shows what the clocks say and what contradicts them: months, years and counts, no value. */
import { refuses, type Clocks, type PolicyClock } from '../jobs/clocks.ts'
import type { EventReport } from '../jobs/clock-events.ts'
import { mostSampled } from '../plan/signs-of-life.ts'
import { isRead } from '../plan/silence.ts'
import type { Language } from '../policies/problem.ts'
import { clockWords, type ClockWord } from './clock-words.ts'
import { roadLines } from './road.ts'
import { number, table } from './table.ts'

type Say = (word: ClockWord, params?: Readonly<Record<string, string>>) => string

/** Lines of text; the last one says whether an approval would be refused. */
export function clockLines(clocks: Clocks, lang: Language): readonly string[] {
  const say: Say = (word, params) => clockWords(lang, word, params)
  const stopped = contradictedOf(clocks)
  return [
    ...eventLines(clocks.events, say, lang),
    ...clocks.policies.flatMap((one) => ['', ...policyLines(one, say, lang)]),
    '',
    ...(stopped.length > 0 ? [say('remedy')] : roadLines('clocks agree', lang)),
    stopped.length === 0 ? say('ready') : say('refused', { count: number(stopped.length, lang) }),
  ]
}

/** Policies that act, or would, although their clock is contradicted. */
export function contradictedOf({ policies }: Clocks): readonly PolicyClock[] {
  return policies.filter((one) => one.status === 'enforce' && refuses(one))
}

function eventLines(events: readonly EventReport[], say: Say, lang: Language): readonly string[] {
  const titles = [
    { title: say('EVENT') },
    { title: say('COLUMN') },
    { title: say('ROWS'), right: true },
    { title: say('NEVER'), right: true },
    { title: say('FIRST') },
    { title: say('LAST') },
    { title: say('YEAR') },
  ]
  const rows = events.map(({ kind, event, part, profile, ...place }) => [
    `${kind}.${event}${part === 'else' ? ' (else)' : ''}`,
    columnOf(place),
    profile === null ? '-' : number(profile.rows, lang),
    profile === null ? '-' : share(profile.never, profile.rows),
    profile?.first ?? '-',
    profile?.last ?? '-',
    profile === null ? '-' : years(profile.years, lang),
  ])
  return [say('events'), ...table(titles, rows), ...remarks(events, say, lang)]
}

function remarks(events: readonly EventReport[], say: Say, lang: Language): readonly string[] {
  const lines = events.flatMap((one): readonly string[] => {
    const column = columnOf(one)
    if (one.basis === 'no right' || one.profile === null) return [say('no right', { column })]
    const { profile } = one
    const many = (word: 'unreadable' | 'ancient' | 'future'): readonly string[] =>
      profile[word] === 0 ? [] : [say(word, { column, rows: number(profile[word], lang) })]
    const otherwise = events.find(
      ({ kind, event, part }) => kind === one.kind && event === one.event && part === 'else',
    )
    return [
      ...(one.basis === 'ends' ? [say('ends', { column })] : []),
      ...(one.late && otherwise !== undefined
        ? [
            say('late', {
              column,
              first: profile.first ?? '-',
              since: otherwise.profile?.first ?? '-',
              else: columnOf(otherwise),
            }),
          ]
        : []),
      ...(one.stopped ? [say('stopped', { column, last: profile.last ?? '-' })] : []),
      ...profile.spikes.map(({ of, month, rows }) => say(of, { column, month, rows: number(rows, lang) })),
      ...(['unreadable', 'ancient', 'future'] as const).flatMap(many),
    ]
  })
  // Several events can read one column.
  return [...new Set(lines)]
}

function policyLines(one: PolicyClock, say: Say, lang: Language): readonly string[] {
  const { signs } = one
  const titles = [
    { title: say('SIGN OF LIFE') },
    { title: say('FOUND BY') },
    { title: say('PEOPLE'), right: true },
    { title: say('YEAR') },
    { title: say('VERDICT') },
  ]
  const rows = signs.map((sign) => [
    columnOf(sign),
    `${say(sign.link)}${sign.by === '' ? '' : ` (${sign.by})`}`,
    isRead(sign.basis) ? number(sign.people, lang) : '-',
    isRead(sign.basis) ? years(sign.years, lang) : '-',
    verdict(one, sign, say),
  ])
  return [
    say('policy', {
      policy: one.policy,
      event: one.event,
      silent: number(one.silent, lang),
      without: number(one.withoutValue, lang),
    }),
    ...(one.countsSilence ? [] : [`  ${say('fixed')}`]),
    ...(rows.length === 0 ? [`  ${say('none')}`] : table(titles, rows).map((line) => `  ${line}`)),
    ...signs
      .filter(({ basis }) => basis === 'newest rows')
      .map((sign) => `  ${say('sample', { column: columnOf(sign), rows: number(mostSampled, lang) })}`),
    ...(one.notRead.length === 0 ? [] : [`  ${say('not read', { columns: one.notRead.join(', ') })}`]),
    ...(one.countsSilence ? one.keptTooShort.map((short) => `  ${tooShort(short, say, lang)}`) : []),
  ]
}

function tooShort(short: PolicyClock['keptTooShort'][number], say: Say, lang: Language): string {
  const first = short.first === null ? say('no value') : say('no value before', { first: short.first })
  const text = say('short', { column: columnOf(short), first, without: number(short.without, lang) })
  return short.waived === null ? text : `${text} (${say('waived', { reason: short.waived })})`
}

function verdict(one: PolicyClock, { basis, waived }: PolicyClock['signs'][number], say: Say): string {
  if (waived !== null) return say('waived', { reason: waived })
  if (basis === 'no right') return say('unread')
  if (basis === 'collations') return say('unlike')
  return say(one.countsSilence ? 'contradicts' : 'shown')
}

interface Place {
  readonly table: string
  readonly column: string
  readonly place?: string
}

function columnOf({ table: name, column, place = '' }: Place): string {
  return `${name}.${column}${place}`
}

function years(found: Readonly<Record<string, number>>, lang: Language): string {
  const all = Object.entries(found)
  return all.length === 0 ? '-' : all.map(([year, rows]) => `${year}: ${number(rows, lang)}`).join(', ')
}

/** `12 %`; `<1 %` for a few among many. */
function share(part: number, all: number): string {
  if (part === 0 || all === 0) return '0 %'
  const percent = (part / all) * 100
  return percent < 1 ? '<1 %' : `${Math.floor(percent)} %`
}
