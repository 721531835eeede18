/** Safety stops: counts so unlike the past that a person looks before anything happens. */
import type { Policy } from '../policies/policy.ts'
import type { Language } from '../policies/problem.ts'
import { fillText } from '../policies/problem-text.ts'
import type { NotComparable } from './baseline.ts'
import { holdNames, type LostHold } from './lost-holds.ts'
import { newlyEntered, type EnteredBefore } from './newly.ts'

export type AlarmKind = 'share' | 'count' | 'jump' | 'by else' | 'canary' | 'lost hold'

export interface Alarm {
  readonly kind: AlarmKind
  readonly found: number
  /** Highest number that would have passed; fractions are rounded down. */
  readonly limit: number
  /** Why all that is due counts as new; null: only what entered since the last run does. */
  readonly allNew: NotComparable | null
  readonly params: Readonly<Record<string, string>>
}

export interface AlarmInput {
  readonly policy: Pick<Policy, 'id' | 'stopAbove'>
  /** Rows that would be warned or acted on now, backlog included. */
  readonly dueNow: number
  /** Of them, what the last run left behind; null when there was none. */
  readonly leftLastRun: number | null
  /** Newly due rows of past runs, in any order. */
  readonly newlyDueHistory: readonly number[]
  /** Rows of the kind, about. */
  readonly population: number
  /** Of the due rows, those counted from the clock's `else`. */
  readonly byElse: number
  /** Canaries that the raw predicate finds. */
  readonly canaries: number
  /** Active holds that protect nobody, though they may be meant for rows of this policy. */
  readonly lostHolds?: readonly LostHold[]
  /** Why nothing of before may be compared with; null: it may. */
  readonly allNew: NotComparable | null
  /** Due rows that a person has approved; null without an approval. */
  readonly approvedCount: number | null
  /** Where a backlog is frozen: its part of what is due now, and what the last run found and did. */
  readonly backlog?: BacklogPart | null
}

export interface BacklogPart {
  readonly now: { readonly old: number; readonly byElse: number }
  /** `byElse`: of `old`. Before the first run: what the approval found. */
  readonly before: EnteredBefore & { readonly byElse: number }
}

/** Up to this many rows a share says nothing: one of three is 33 %. */
export const judgedByShareAbove = 10
/** A jump has to be this large, and the past this long, before it is told from noise. */
export const jumpAbove = 50
export const runsForAMedian = 5
export const jumpFactor = 5
/** Rows by `else` are judged above this many. */
export const judgedByElseAbove = 20

/**
 * An approval covers every count up to its own, but never a canary, which must not be due at all, and no hold that
 * protects nobody.
 */
export function alarms(input: AlarmInput): readonly Alarm[] {
  const lost = input.lostHolds ?? []
  const found = [
    ...(input.canaries > 0 ? [alarm(input, 'canary', input.canaries, 0, {})] : []),
    ...(lost.length > 0 ? [alarm(input, 'lost hold', lost.length, 0, { holds: holdNames(lost) })] : []),
  ]
  if (input.approvedCount !== null && input.dueNow <= input.approvedCount) return found
  const newly = newlyDue(input)
  const more = [shareAlarm(input, newly), countAlarm(input, newly), jumpAlarm(input, newly), elseAlarm(input)]
  return [...found, ...more.filter((one) => one !== null)]
}

/** Rows that entered since the last run; a frozen backlog neither counts nor hides any. */
export function newlyDue(input: Pick<AlarmInput, 'dueNow' | 'leftLastRun' | 'backlog' | 'allNew'>): number {
  const { backlog, dueNow } = input
  if (input.allNew !== null) return dueNow
  if (backlog != null) return newlyEntered({ all: dueNow, old: backlog.now.old }, backlog.before)
  return Math.max(0, dueNow - (input.leftLastRun ?? 0))
}

function shareAlarm(input: AlarmInput, newly: number): Alarm | null {
  const { percent } = input.policy.stopAbove
  // The estimate of a server can lie below what was counted.
  const population = Math.max(input.population, input.dueNow)
  const limit = Math.floor((population * percent) / 100)
  if (newly <= judgedByShareAbove || newly * 100 <= population * percent) return null
  const params = { percent: String(percent), population: String(population) }
  return alarm(input, 'share', newly, limit, params)
}

function countAlarm(input: AlarmInput, newly: number): Alarm | null {
  const { count } = input.policy.stopAbove
  return count === null || newly <= count ? null : alarm(input, 'count', newly, count, {})
}

function jumpAlarm(input: AlarmInput, newly: number): Alarm | null {
  if (input.newlyDueHistory.length < runsForAMedian) return null
  const usual = median(input.newlyDueHistory)
  const limit = Math.max(jumpAbove, Math.floor(usual * jumpFactor))
  return newly <= limit ? null : alarm(input, 'jump', newly, limit, { median: String(usual) })
}

/**
 * Many people without the event itself mean that the site has stopped writing it, not that they left. Those of
 * the backlog were looked at when it was frozen.
 */
function elseAlarm(input: AlarmInput): Alarm | null {
  const { percentByElse } = input.policy.stopAbove
  const seen = seenBefore(input)
  const byElse = input.byElse - seen.byElse
  const due = input.dueNow - seen.rows
  if (byElse <= judgedByElseAbove || byElse * 100 <= due * percentByElse) return null
  const limit = Math.floor((due * percentByElse) / 100)
  return alarm(input, 'by else', byElse, limit, { percent: String(percentByElse) })
}

function seenBefore({ backlog, allNew }: AlarmInput): { readonly rows: number; readonly byElse: number } {
  if (backlog == null || allNew !== null) return { rows: 0, byElse: 0 }
  const { now, before } = backlog
  return { rows: Math.min(now.old, before.old), byElse: Math.min(now.byElse, before.byElse) }
}

function alarm(
  input: AlarmInput,
  kind: AlarmKind,
  found: number,
  limit: number,
  more: Readonly<Record<string, string>>,
): Alarm {
  const params = { policy: input.policy.id, found: String(found), limit: String(limit), ...more }
  return { kind, found, limit, allNew: input.allNew, params }
}

function median(values: readonly number[]): number {
  const ordered = [...values].sort((a, b) => a - b)
  const middle = Math.floor(ordered.length / 2)
  const upper = ordered[middle] ?? 0
  return ordered.length % 2 === 1 ? upper : (upper + (ordered[middle - 1] ?? upper)) / 2
}

const texts: Readonly<Record<AlarmKind, Readonly<Record<Language, string>>>> = {
  share: {
    en: '{found} newly due {since}, more than {percent} % of {population} ({limit}). Look at the plan, then approve it.',
    fr: '{found} nouveaux cas {since}, plus de {percent} % de {population} ({limit}). Vérifiez le plan, puis approuvez-le.',
  },
  count: {
    en: '{found} newly due {since}, more than {limit}. Look at the plan, then approve it.',
    fr: '{found} nouveaux cas {since}, plus de {limit}. Vérifiez le plan, puis approuvez-le.',
  },
  jump: {
    en: '{found} newly due {since}, where {median} is usual (at most {limit}). Find out what happened, then approve the plan.',
    fr: '{found} nouveaux cas {since}, contre {median} d’habitude ({limit} au plus). Cherchez ce qui s’est passé, puis approuvez le plan.',
  },
  'by else': {
    en: '{found} of the due are counted from the substitute date, more than {percent} % ({limit}). Has the site stopped writing the real one?',
    fr: '{found} cas sont comptés depuis la date de remplacement, plus de {percent} % ({limit}). Le site a-t-il cessé d’écrire la vraie date ?',
  },
  canary: {
    en: '{found} canary due: a row that must never be. A clock or a policy is wrong; no approval lets this pass.',
    fr: '{found} témoin(s) à échéance, ce qui ne doit jamais arriver. Une date ou une règle est fausse ; aucune approbation n’y change rien.',
  },
  'lost hold': {
    en: '{found} hold(s) protect nobody: {holds}. The data map has no such kind, or not as the database has it (see `oubli doctor`), or no row has their key any more. `oubli hold add` for the same person, then `oubli hold release ID`; if the site deleted the person, release it. No approval lets this pass.',
    fr: '{found} gel(s) ne protègent personne : {holds}. Ce type manque dans la carte des données, ou n’y est pas tel que dans la base (voir `oubli doctor`), ou aucune ligne n’a plus leur clé. `oubli hold add` pour la même personne, puis `oubli hold release ID` ; si le site a supprimé la personne, levez-le. Aucune approbation n’y change rien.',
  },
}

const sinceTexts: Readonly<Record<NotComparable | 'last run', Readonly<Record<Language, string>>>> = {
  'last run': { en: 'since the last run', fr: 'depuis le dernier passage' },
  terms: {
    en: '(all that are due, as the terms changed since the last run)',
    fr: '(tous ceux à échéance, les conditions ayant changé depuis le dernier passage)',
  },
  replay: {
    en: '(all that are due, as a backup was restored since the last run)',
    fr: '(tous ceux à échéance, une sauvegarde ayant été restaurée depuis le dernier passage)',
  },
}

export function renderAlarm({ kind, allNew, params }: Alarm, lang: Language): string {
  return fillText(texts[kind][lang], { ...params, since: sinceTexts[allNew ?? 'last run'][lang] })
}
