/** Pieces of YAML that the proposed files are written with. Texts in quotes, so that nothing is misread. */
import type { Strategy } from '../../policies/data-map.ts'
import type { DraftClock } from './draft.ts'

/** A name may stand bare; anything else is quoted. */
export function word(text: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$.-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off)$/i.test(text)
    ? text
    : JSON.stringify(text)
}

export function list(items: readonly string[]): string {
  return `[${items.map(word).join(', ')}]`
}

export function map(pairs: Readonly<Record<string, string>>): string {
  return `{ ${Object.entries(pairs)
    .map(([key, value]) => `${word(key)}: ${word(value)}`)
    .join(', ')} }`
}

export function oneOrList(items: readonly string[]): string {
  const [only, second] = items
  return only !== undefined && second === undefined ? word(only) : list(items)
}

export function strategyText(strategy: Strategy): string {
  switch (strategy.strategy) {
    case 'fixed':
      return `{ fixed: ${JSON.stringify(strategy.value)} }`
    case 'without':
      return `{ without: [${strategy.paths.join(', ')}] }`
    case 'keep':
      return `{ keep: ${JSON.stringify(strategy.because)} }`
    case 'generalised':
      return `{ generalised: ${String(strategy.kept)} }`
    case 'bucketed':
      return `{ bucketed: ${String(strategy.width)} }`
    case 'blank':
    case 'null':
    case 'unique_address':
    case 'year':
    case 'month':
    case 'truncated_ip':
    case 'coarse_user_agent':
      return strategy.strategy
  }
}

/** Alone, or in braces with what is special about it. */
export function clockText(clock: DraftClock): string {
  const parts = clockParts(clock)
  return parts.length === 0 ? word(clock.column) : `{ column: ${word(clock.column)}, ${parts.join(', ')} }`
}

export function clockParts({ format, nevers, ordered, where, path }: DraftClock): readonly string[] {
  return [
    ...(where === undefined ? [] : [`where: ${map(where)}`]),
    ...(path === undefined ? [] : [`path: ${path}`]),
    ...(format === 'auto' ? [] : [`format: ${format}`]),
    ...(nevers.length === 0 ? [] : [`never: [null, ${nevers.map((one) => JSON.stringify(one)).join(', ')}]`]),
    ...(ordered ? [] : ['ordered: false']),
  ]
}

/** Breaks, and signs that are not seen, as spaces: what a name holds adds no line. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trimEnd()
}

/** A remark as lines of comment, at most this wide. */
export function commentLines(text: string, indent: string, width = 106): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const part of oneLine(text).split(' ')) {
    if (line !== '' && indent.length + line.length + part.length + 3 > width) {
      lines.push(`${indent}# ${line}`)
      line = part
    } else line = line === '' ? part : `${line} ${part}`
  }
  return [...lines, `${indent}# ${line}`]
}
