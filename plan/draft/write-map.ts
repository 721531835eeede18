/** A proposed data map as commented YAML. */
import type { Language } from '../../policies/problem.ts'
import { largestFileBytes } from '../../policies/yaml-guards.ts'
import type { Difference } from './difference.ts'
import type { Draft, DraftClock, DraftColumn, DraftEvent, DraftKind, DraftLeft } from './draft.ts'
import { isWritable } from './names.ts'
import { meaningText, remarkText } from './remarks.ts'
import {
  clockParts,
  clockText,
  commentLines,
  map,
  oneLine,
  oneOrList,
  strategyText,
  word,
} from './yaml-line.ts'
import { heads } from './write-heads.ts'

export interface Site {
  readonly name: string | null
  readonly contact: string | null
  readonly zone: string
}

/** Without remarks at the columns when the file would be larger than lint reads. */
export function mapText(draft: Draft, site: Site, lang: Language): string {
  const whole = wholeMap(draft, site, lang, false)
  return new TextEncoder().encode(whole).length <= largestFileBytes
    ? whole
    : wholeMap(draft, site, lang, true)
}

function wholeMap(draft: Draft, site: Site, lang: Language, brief: boolean): string {
  const head = heads[lang]
  const lines = [
    ...head.map.flatMap((line) => commentLines(line, '')),
    '',
    `controller: { name: ${JSON.stringify(site.name ?? 'todo')}, contact: ${site.contact ?? 'todo@todo.example'}, dpo: todo@todo.example } # todo`,
    `site: { name: ${JSON.stringify(site.name ?? 'todo')}, url: "https://todo.example" } # todo`,
    '',
    `zone: ${site.zone} # ${head.zone}`,
    `stored_in: UTC # ${head.storedIn}`,
    ...commentLines(head.launched, ''),
    ...commentLines(head.canaries, ''),
    '',
    draft.kinds.length === 0 ? 'kinds: {}' : 'kinds:',
    ...draft.kinds.flatMap((kind) => [...kindLines(kind, lang, brief), '']),
    ...leftLines(draft.unmapped, head.unmapped, lang),
    ...leftLines(draft.things, head.things, lang),
    ...leftLines(
      draft.nothing.map((table) => ({ table, columns: [], remarks: [] })),
      head.nothing,
      lang,
    ),
  ]
  return `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`
}

/** What to add to a map that is there; empty lists leave nothing. */
export function differenceText(difference: Difference, policies: readonly string[], lang: Language): string {
  const head = heads[lang]
  const kinds = [
    ...additionsTo(difference, lang),
    ...difference.kinds.flatMap((kind) => [...kindLines(kind, lang, false), '']),
  ]
  const lines = [
    ...head.additions.flatMap((line) => commentLines(line, '')),
    '',
    ...(kinds.length === 0 ? [] : ['kinds:', ...kinds]),
    ...leftLines(difference.unmapped, head.unmapped, lang),
    ...leftLines(difference.things, head.things, lang),
    ...policies.flatMap((text) => ['---', '', text.trimEnd(), '']),
  ]
  return `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`
}

/** Under each kind that is there once: its signs of life, then its columns. */
function additionsTo({ columns, clocks }: Difference, lang: Language): readonly string[] {
  const names = new Set([...clocks, ...columns].map(({ kind }) => kind))
  return [...names].flatMap((kind) => [
    `  ${kind}:`,
    ...clocks
      .filter((one) => one.kind === kind)
      .flatMap(({ remarks }) => remarks)
      .flatMap((one) => commentLines(`todo: ${remarkText(one, lang)}`, '    ')),
    ...columns
      .filter((one) => one.kind === kind)
      .flatMap((one) => personalLines(kind, one.columns, lang, false)),
    '',
  ])
}

function kindLines(kind: DraftKind, lang: Language, brief: boolean): readonly string[] {
  const { link } = kind
  const isWord = link !== null && Object.keys(link.where).length > 0
  return [
    `  ${kind.name}:`,
    ...kind.remarks.flatMap((one) => commentLines(`todo: ${remarkText(one, lang)}`, '    ')),
    ...(kind.category === null ? [] : [`    category: ${kind.category}`]),
    `    table: ${word(kind.table)}`,
    `    key: ${oneOrList(kind.key)}`,
    ...(kind.identity.length === 0 ? [] : [`    identity: ${oneOrList(kind.identity)}`]),
    ...(kind.subject ? ['    subject: true'] : []),
    ...(kind.of === null ? [] : [`    of: ${kind.of}`]),
    ...(link === null
      ? []
      : isWord
        ? [`    link: { columns: ${map(link.columns)}, where: ${map(link.where)} }`]
        : [`    link: ${map(link.columns)}`]),
    ...contactLines(kind),
    ...(kind.events.length === 0
      ? []
      : ['    events:', ...kind.events.flatMap((event) => eventLines(event, lang))]),
    ...personalLines(kind.table, kind.columns, lang, brief),
    ...Object.entries(kind.clerks).map(([name, person]) =>
      oneLine(`    #   ${kind.table}.${name}: ${heads[lang].clerk} (${person})`),
    ),
  ]
}

function contactLines({ contact }: DraftKind): readonly string[] {
  if (contact === null) return []
  const found = Object.entries(contact).filter((one): one is [string, string] => one[1] !== null)
  return [`    contact: ${map(Object.fromEntries(found))}`]
}

function eventLines(event: DraftEvent, lang: Language): readonly string[] {
  const [only, second] = event.sources
  if (event.name === 'created' && only !== undefined) {
    const parts = [...clockParts(only), ...(event.fiscal ? ['rounded_to: end of fiscal year'] : [])]
    return [
      '      created:',
      '        label: { en: the creation, fr: la création }',
      `        column: ${word(only.column)}`,
      ...parts.map((one) => `        ${one}`),
    ]
  }
  const sources =
    second === undefined && only !== undefined
      ? [`        latest_of: [${clockText(only)}]`]
      : ['        latest_of:', ...event.sources.map(sourceLine(lang))]
  return [
    `      ${event.name}:`,
    '        label: { en: the last activity, fr: la dernière activité }',
    ...sources,
    ...(event.else === null ? [] : [`        else: ${clockText(event.else)}`]),
    ...(event.slides ? ['        slides: by the person'] : []),
  ]
}

function sourceLine(lang: Language) {
  return (one: DraftClock): string =>
    `          - ${clockText(one)}${one.path === undefined ? '' : ` # ${heads[lang].anAct}`}`
}

function personalLines(
  table: string,
  columns: readonly DraftColumn[],
  lang: Language,
  brief: boolean,
): readonly string[] {
  const isFitting = ({ name, strategy }: DraftColumn): boolean => strategy !== null && isWritable(name)
  const fitting = columns.filter(isFitting)
  const rest = columns.filter((column) => !isFitting(column))
  return [
    ...(fitting.length === 0 ? [] : ['    personal:']),
    ...fitting.map(({ name, strategy, meaning, sure }) => {
      const said = `${sure ? '' : 'todo: '}${meaningText(meaning, lang)}${sure ? '' : '?'}`
      const value = strategy === null ? '' : strategyText(strategy)
      return `      ${word(name)}: ${value}${brief && sure ? '' : ` # ${said}`}`
    }),
    ...rest.map(({ name, meaning }) =>
      oneLine(`    #   ${table}.${name}: todo, ${meaningText(meaning, lang)}`),
    ),
  ]
}

function leftLines(left: readonly DraftLeft[], title: string, lang: Language): readonly string[] {
  if (left.length === 0) return []
  return [
    ...commentLines(title, ''),
    ...left.map(({ table, columns, remarks }) => {
      const said = [columns.join(', '), ...remarks.map((one) => remarkText(one, lang))].filter(
        (one) => one !== '',
      )
      return oneLine(`#   ${table}: ${said.join('. ')}`)
    }),
    '',
  ]
}
