/** The dossier of one policy in one language: plain text in the order of the page; a part without data is absent. */
import type { Instant } from '../base/clock.ts'
import { packRules } from '../policies/packs/all-packs.ts'
import { parsePeriod, periodText } from '../policies/period.ts'
import { cssText } from './css-text.ts'
import type { Done, ReportFacts } from './facts.ts'
import { olderCodes, promisesOf } from './verdict.ts'
import { backlogView, steady } from './view-backlog.ts'
import { clockView, type ClockFacts, type NotLooked } from './view-clock.ts'
import { firstView, pilotView, type FirstFacts, type PilotFacts, type ToldRun } from './view-first.ts'
import { promiseSections } from './view-promises.ts'
import { voiceOf, type Voice } from './voice.ts'
import type { ViewOptions } from './view.ts'
import { wordsOf } from './words.ts'

export interface ApprovalFacts {
  readonly at: Instant
  readonly until: Instant
  /** As declared; null: nobody was named. */
  readonly by: string | null
  readonly plan: string
  readonly most: number
}

/** What the policy did in one run; the run's id asks for its receipt. */
export interface DossierRun {
  readonly id: string
  readonly at: Instant
  readonly rows: number
  readonly mails: number
  /** Of the mails. */
  readonly basis: Done['basis']
}

export interface DossierFacts {
  /** Of this policy alone. */
  readonly report: ReportFacts
  readonly termsHash: string
  /** When these very terms were first observed, and since when they act; null: not yet. */
  readonly observedAt: Instant | null
  readonly inForceSince: Instant | null
  /** Newest first. */
  readonly approvals: readonly ApprovalFacts[]
  readonly firsts: readonly FirstFacts[]
  readonly pilots: readonly PilotFacts[]
  readonly runs: readonly DossierRun[]
  readonly clock: ClockFacts | NotLooked
  /** As a made-up person would get it; null: the policy warns nobody. */
  readonly mail: { readonly subject: string; readonly text: string } | null
}

export type DossierView = ReturnType<typeof dossierView>

export function dossierView(facts: DossierFacts, { lang, masks }: ViewOptions) {
  const { report } = facts
  const voice = voiceOf(lang, report.dataMap.zone, masks)
  const { say } = voice
  const [promise] = promiseSections(report, promisesOf(report.policies), voice)
  const policy = promise?.policies[0]
  // The most that an approval allows is what was due then, and stands beside what is due now.
  const atMost = report.policies[0] === undefined ? voice.count : steady(report.policies[0], voice)
  if (promise === undefined || policy === undefined) throw new Error('a dossier needs its policy')
  const { site, controller } = report.dataMap
  const title = say('d_title', { policy: policy.id })
  const w: Readonly<Record<string, string>> = { ...wordsOf(lang), title }
  const asOf = voice.day(report.asOf)
  const mail: NonNullable<DossierFacts['mail']> | '' = facts.mail ?? ''
  return {
    lang,
    w,
    foot: cssText(`${title} · ${site.name} · ${asOf}`),
    siteName: site.name,
    siteUrl: site.url,
    ...{ controller: controller.name, contact: controller.contact, dpo: controller.dpo },
    asOf,
    period: say('periodText', { from: voice.day(report.from), to: voice.day(report.to - 1) }),
    plan: report.fingerprint.slice(0, 16),
    terms: facts.termsHash.slice(0, 16),
    madeBy: say('madeBy', { version: report.tool }),
    unmasked: masks ? '' : say('unmasked'),
    older: report.older == null ? '' : say(`m_${olderCodes[report.older.why]}`),
    promise: promise.id,
    policy,
    lead: say(facts.inForceSince === null ? 'd_leadIdle' : 'd_lead', {
      since: facts.inForceSince === null ? '' : voice.day(facts.inForceSince),
      past: policy.pastTotal,
    }),
    observed: facts.observedAt === null ? '' : voice.day(facts.observedAt),
    inForce: facts.inForceSince === null ? '' : voice.day(facts.inForceSince),
    term: termOf(report, voice),
    references: referencesFor(report, voice),
    waivers: waiversIn(report),
    clock: clockView(report, facts.clock, voice),
    approvals: facts.approvals.map((one) => ({
      at: voice.day(one.at),
      until: voice.day(one.until),
      by: one.by ?? say('d_nobody'),
      plan: one.plan.slice(0, 16),
      isThis: one.plan === report.fingerprint,
      most: voice.text(atMost(one.most)),
    })),
    firsts: facts.firsts.map((one) => firstView(one, report.asOf, voice, toldRuns(facts), partsOf(facts))),
    pilots: facts.pilots.map((one) => pilotView(one, voice)),
    backlogs: backlogView(report, voice),
    runs: facts.runs.map((one) => ({
      at: voice.day(one.at),
      id: one.id,
      rows: voice.text(voice.count(one.rows)),
      mails: voice.text(voice.count(one.mails, one.basis)),
    })),
    mail,
  }
}

function toldRuns({ runs, pilots }: DossierFacts): readonly ToldRun[] {
  return [...runs, ...pilots.map(({ id, at, done }) => ({ id, at, rows: done }))]
}

function partsOf({ report }: DossierFacts): readonly number[] {
  return (report.policies[0]?.done ?? []).map(({ rows }) => rows)
}

function termOf({ policies }: ReportFacts, { lang }: Voice): string {
  const policy = policies[0]?.policy
  const term = policy?.keepAtMost ?? policy?.keepAtLeast ?? null
  return term === null ? '' : periodText(term, lang)
}

/** What law and regulator say of this category of data, with the figures that bind. */
function referencesFor({ policies, dataMap }: ReportFacts, { lang, say }: Voice) {
  const category = dataMap.kinds[policies[0]?.policy.data ?? '']?.category
  return packRules
    .filter(({ appliesTo }) => category !== undefined && appliesTo.includes(category))
    .map(({ id, requires, reference, atLeast, atMost, checkedOn }) => ({
      id,
      requires: requires[lang],
      reference,
      limits: [
        ...atLeast.map(({ period }) => say('d_atLeast', { period: inWords(period, lang) })),
        ...atMost.map(({ period }) => say('d_atMost', { period: inWords(period, lang) })),
      ].join(', '),
      checked: checkedOn ?? say('d_notChecked'),
    }))
}

/** Dates that do not count as a sign of life beside the clock, each with the reason in the data map. */
function waiversIn({ policies, dataMap }: ReportFacts) {
  const policy = policies[0]?.policy
  const event = dataMap.kinds[policy?.data ?? '']?.events[policy?.countedFrom ?? '']
  return Object.entries(event?.waived ?? {}).map(([column, because]) => ({ column, because }))
}

function inWords(period: string, lang: Voice['lang']): string {
  const parsed = parsePeriod(period)
  return parsed.ok ? periodText(parsed.period, lang) : period
}
