/** What a receipt says, in sentences for whoever holds it. */
import type { Entry, TableCounts } from '../audit/entry.ts'
import type { ReceiptCheck, ReceiptFault } from '../audit/receipt.ts'
import type { Language } from '../policies/problem.ts'
import { printable } from './printable.ts'
import { number } from './table.ts'
import { words, type Words } from './words.ts'

const faults = {
  'not a receipt': 'The file is not a receipt of Oubli, or was damaged.',
  'checkpoint unreadable': 'The checkpoint in it is not a signed checkpoint, or was damaged.',
  'signature invalid': 'The signature does not fit: the checkpoint in it was changed.',
  'unknown key': 'It is not signed by this key.',
  'other log': 'It is signed for another log.',
  'not in the log': 'The entry in it does not stand in the signed log, or it was changed.',
  'not an entry': 'What stands in the signed log is not an entry of Oubli.',
  'another person': 'The person named in it is not the one of the entry.',
} as const satisfies Readonly<Record<ReceiptFault, Words>>

export function receiptLines(check: ReceiptCheck, lang: Language): readonly string[] {
  return plainLines(check, lang).map(printable)
}

function plainLines(check: ReceiptCheck, lang: Language): readonly string[] {
  if (check.fault !== null) return [`FOUND  ${words(lang, faults[check.fault])}`, 'FAILED']
  const { said } = check
  if (said === null) return ['FAILED']
  const place = words(lang, 'entry {index} of {size} in the log {origin}', {
    index: number(said.index, lang),
    size: number(said.size, lang),
    origin: said.origin,
  })
  const { opening } = said
  return [
    entryLine(said.entry, lang),
    ...(opening === null
      ? []
      : [words(lang, 'The person is {kind} {key}.', { kind: opening.kind, key: opening.key.join(', ') })]),
    check.state === 'verified'
      ? `VERIFIED  ${place}`
      : `UNVERIFIED  ${place}; ${words(lang, 'no verifier key was given, so the signatures were not checked')}`,
  ]
}

function entryLine(entry: Entry, lang: Language): string {
  const at = `${entry.t.slice(0, 16).replace('T', ' ')} UTC`
  switch (entry.kind) {
    case 'subject.erased':
    case 'subject.anonymised':
    case 'rows.erased':
    case 'rows.anonymised':
    case 'rows.archived':
    case 'rows.truncated':
    case 'rows.withdrawn':
      return words(lang, happened[actOf(entry)], {
        at,
        policy: entry.policy.id,
        terms: entry.policy.terms.slice(0, 16),
        tables: tablesText(entry.tables),
      })
    case 'run.finished':
      return words(lang, 'The run {run} ended: {stopped}. Its day and hour: {at}. Per policy: {policies}.', {
        run: entry.run,
        stopped: entry.stopped,
        at,
        policies: policiesText(entry.policies),
      })
    case 'request.kept':
      return words(lang, 'On {at} a person asked to stay: the term began anew.', { at })
    case 'run.refused':
    case 'warning.accepted':
    case 'warning.failed':
    case 'telling.ended':
    case 'hold.set':
    case 'hold.released':
    case 'subject.put-back':
    case 'plan.approved':
    case 'terms.changed':
    case 'clock.accepted':
    case 'purge.checked':
    case 'restore.reconciled':
      return words(lang, 'Entered on {at}: {kind}.', { at, kind: entry.kind })
  }
}

/**
 * The log calls whatever leaves the person's row `anonymised`, and `erased` also whom an archive took; its counts say
 * what was done.
 */
function actOf({ kind, tables }: HappenedEntry): keyof typeof happened {
  if (kind === 'subject.erased')
    return Object.values(tables).some((acts) => acts['archived'] !== undefined) ? 'subject.left' : kind
  if (kind !== 'subject.anonymised') return kind
  const [act, ...others] = new Set(Object.values(tables).flatMap((acts) => Object.keys(acts)))
  if (others.length > 0) return kind
  return act === 'withdrawn' || act === 'truncated' ? `subject.${act}` : kind
}

type HappenedEntry = Extract<Entry, { readonly tables: TableCounts }>

const happened = {
  'subject.erased':
    'A person was erased on {at} under the policy {policy}, terms {terms}…[[; rows: {tables}]].',
  'subject.left':
    'A person left the active tables on {at} under the policy {policy}, terms {terms}…: erased or moved to an archive, as the rows say[[; rows: {tables}]].',
  'subject.anonymised':
    'A person was anonymised on {at} under the policy {policy}, terms {terms}…[[; rows: {tables}]].',
  'subject.withdrawn':
    'A person had a consent withdrawn on {at} under the policy {policy}, terms {terms}…[[; rows: {tables}]].',
  'subject.truncated':
    'A person had fields truncated on {at} under the policy {policy}, terms {terms}…[[; rows: {tables}]].',
  'rows.erased': 'A batch was erased on {at} under the policy {policy}, terms {terms}…[[; rows: {tables}]].',
  'rows.anonymised':
    'A batch was anonymised on {at} under the policy {policy}, terms {terms}…[[; rows: {tables}]].',
  'rows.archived':
    'A batch was archived on {at} under the policy {policy}, terms {terms}…[[; rows: {tables}]].',
  'rows.truncated':
    'A batch had its fields truncated on {at} under the policy {policy}, terms {terms}…[[; rows: {tables}]].',
  'rows.withdrawn':
    'A batch had its consents withdrawn on {at} under the policy {policy}, terms {terms}…[[; rows: {tables}]].',
} as const satisfies Readonly<Record<string, Words>>

function tablesText(tables: TableCounts): string {
  return Object.entries(tables)
    .map(([table, acts]) => `${table} ${actsText(acts)}`)
    .join(' · ')
}

function actsText(acts: Readonly<Record<string, string>>): string {
  return Object.entries(acts)
    .map(([act, count]) => `${count} ${act}`)
    .join(', ')
}

function policiesText(policies: Extract<Entry, { readonly kind: 'run.finished' }>['policies']): string {
  const texts = Object.entries(policies).map(([policy, counts]) => {
    const done = Object.entries(counts).filter(
      (pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1] !== '0',
    )
    return `${policy} ${done.length === 0 ? '0' : actsText(Object.fromEntries(done))}`
  })
  return texts.length === 0 ? '-' : texts.join(' · ')
}
