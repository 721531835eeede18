/** A report in one language, as plain text in the order of the page. What is not in here reaches no template. */
import type { Language } from '../policies/problem.ts'
import { cssText } from './css-text.ts'
import { rowsOf } from './done.ts'
import type { Done, PolicyFacts, ReportFacts } from './facts.ts'
import { maskBelow, sumOf, type Masked } from './mask.ts'
import { mattersOf, promisesOf } from './verdict.ts'
import { backlogView, steady } from './view-backlog.ts'
import { bouncesText, coverageView, evidenceView, residualView, runsView } from './view-end.ts'
import { forecastView } from './view-forecast.ts'
import { dueOf, pastOf, promiseRows, promiseSections } from './view-promises.ts'
import { voiceOf, type Voice } from './voice.ts'
import { wordsOf, type WordKey } from './words.ts'

export interface ViewOptions {
  readonly lang: Language
  /** Hide small counts. */
  readonly masks: boolean
}

export type ReportView = ReturnType<typeof reportView>

export function reportView(facts: ReportFacts, { lang, masks }: ViewOptions) {
  const voice = voiceOf(lang, facts.dataMap.zone, masks)
  const { say } = voice
  const promises = promisesOf(facts.policies)
  const { site, controller } = facts.dataMap
  const backlogs = backlogView(facts, voice)
  const asOf = voice.day(facts.asOf)
  return {
    lang,
    w: wordsOf(lang),
    foot: cssText(`${say('title')} · ${site.name} · ${asOf}`),
    siteName: site.name,
    siteUrl: site.url,
    controller: controller.name,
    contact: controller.contact,
    dpo: controller.dpo,
    asOf,
    period: say('periodText', { from: voice.day(facts.from), to: voice.day(facts.to - 1) }),
    plan: facts.fingerprint.slice(0, 16),
    madeBy: say('madeBy', { version: facts.tool }),
    basis: say(basisKey(facts)),
    unmasked: masks ? '' : say('unmasked'),
    lead: leadText(
      promises.map(({ state }) => state === 'kept'),
      voice,
    ),
    cards: cardsOf(facts, promises.filter(({ state }) => state === 'kept').length, promises.length, voice),
    promises: promiseRows(promises, voice),
    matters: mattersOf(facts).map(({ code, policies, parts, basis }) => ({
      text: say(`m_${code}`, {
        count: voice.text(
          code === 'late'
            ? lateCount(facts, policies, parts, voice)
            : sumOf(parts.map((rows) => voice.count(rows, basis))),
        ),
      }),
      concerns: policies.length === 0 ? '' : say('concerns', { policies: policies.join(', ') }),
    })),
    sections: promiseSections(facts, promises, voice),
    backlogs,
    openBacklogs: backlogs.filter(({ done }) => !done),
    doneBacklogs: backlogs.filter(({ done }) => done),
    forecast: forecastView(facts, voice),
    runs: runsView(facts, voice),
    bounces: bouncesText(facts, voice),
    coverage: coverageView(facts, voice),
    residual: residualView(facts, voice),
    evidence: evidenceView(facts, voice),
    readMask: say('readMask', { most: String(maskBelow - 1), mask: String(maskBelow) }),
    readDates: say('readDates', { zone: voice.zoneText }),
  }
}

/** As in the section of each backlog, beside what is past the term there. */
function lateCount(
  facts: ReportFacts,
  ids: readonly string[],
  parts: readonly number[],
  voice: Voice,
): Masked {
  return sumOf(
    parts.map((rows, i) => {
      const one = facts.policies.find(({ policy }) => policy.id === ids[i])
      return one === undefined ? voice.count(rows) : steady(one, voice)(rows)
    }),
  )
}

/** What nobody could count is told, whatever was asked for. */
function basisKey({ counted, policies, runs }: ReportFacts): WordKey {
  if (!counted) return 'countedPart'
  const bases = [
    ...policies.flatMap(({ doubtful, done }) => [doubtful, ...done].map(({ basis }) => basis)),
    ...runs.map(({ basis }) => basis ?? 'exact'),
  ]
  return bases.every((basis) => basis === 'exact') ? 'countedAll' : 'countedBut'
}

function leadText(kept: readonly boolean[], { say, number }: Voice): string {
  const good = kept.filter(Boolean).length
  if (good === kept.length) return say('leadAll', { count: number(good) })
  return say('leadSome', {
    kept: number(good),
    count: number(kept.length),
    open: number(kept.length - good),
  })
}

interface Card {
  readonly title: string
  readonly value: string
  readonly notes: readonly string[]
}

function cardsOf(facts: ReportFacts, kept: number, all: number, voice: Voice): readonly Card[] {
  const { say, text, number, count } = voice
  const people = facts.policies.filter(({ subject }) => subject)
  const others = facts.policies.filter(({ subject }) => !subject)
  const past = (of: readonly PolicyFacts[]): Pick<Card, 'value' | 'notes'> => ({
    value: text(sumOf(of.map((one) => pastOf(one, voice)))),
    notes: [say('ofThemDue', { count: text(sumOf(of.map((one) => dueOf(one, voice)))) })],
  })
  const act = (of: readonly PolicyFacts[], name: string): string =>
    text(sumOf(of.flatMap(({ done }) => rowsOf(done, name).map((rows) => count(rows)))))
  const acts = (of: readonly PolicyFacts[]): string =>
    say('doneActs', {
      erased: act(of, 'erased'),
      anonymised: act(of, 'anonymised'),
      archived: act(of, 'archived'),
    })
  // Each run by itself: it stands in the table of runs, and its small counts must not be the rest of a sum.
  const sum = (of: readonly PolicyFacts[], what: (part: Done) => Masked): string =>
    text(sumOf(of.flatMap(({ done }) => done.map(what))))
  const done = (of: readonly PolicyFacts[]): string => sum(of, ({ rows }) => count(rows))
  return [
    {
      title: say('promisesKept'),
      value: say('ofCount', { part: number(kept), count: number(all) }),
      notes: [],
    },
    { title: say('peoplePast'), ...past(people) },
    { title: say('rowsPast'), ...past(others) },
    {
      title: say('peopleDone'),
      value: done(people),
      notes: [
        say('warnedReturned', {
          warned: sum(facts.policies, ({ warned, basis }) => count(warned, basis)),
          returned: sum(facts.policies, ({ returned, basis }) => count(returned, basis)),
        }),
      ],
    },
    { title: say('rowsDone'), value: done(others), notes: [acts(facts.policies)] },
  ]
}
