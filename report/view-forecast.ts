/** The forecast: a small chart for each policy, and the same numbers as tables, a year each. */
import type { PolicyFacts, ReportFacts } from './facts.ts'
import { chartOf } from './chart.ts'
import { isNone, maskBelow, sumOf, type Masked } from './mask.ts'
import type { Voice } from './voice.ts'

const yearLong = 12

export function forecastView(facts: ReportFacts, voice: Voice) {
  const counted = facts.policies.map((policy) => ({
    policy,
    counts: policy.forecast.map(({ rows, basis }) => voice.count(rows, basis)),
  }))
  const some = counted.filter(({ counts }) => counts.some((count) => !isNone(count)))
  const none = counted.filter((one) => !some.includes(one)).map(({ policy }) => policy.policy.id)
  return {
    how: voice.say(facts.counted ? 'forecastExact' : 'forecastEstimate'),
    none: none.length === 0 ? '' : voice.say('forecastNone', { policies: none.join(', ') }),
    few: voice.say('chartFew', { mask: String(maskBelow) }),
    hasFew: some.some(({ counts }) => counts.some(({ low, hidden }) => hidden > 0 && low === 0)),
    charts: some.map(({ policy, counts }) => chartView(facts, policy, counts, voice)),
    years: some.length === 0 ? [] : yearTables(facts, some, voice),
  }
}

interface Counted {
  readonly policy: PolicyFacts
  readonly counts: readonly Masked[]
}

function chartView(
  facts: ReportFacts,
  { policy, subject }: PolicyFacts,
  counts: readonly Masked[],
  voice: Voice,
) {
  const { say, text } = voice
  const most = counts.reduce((best, count, i) => (count.low > (counts[best]?.low ?? 0) ? i : best), 0)
  const total = `${text(sumOf(counts))} ${say(subject ? 'peopleUnit' : 'rowsUnit')}`
  const peak = counts[most]
  return {
    id: policy.id,
    total,
    title: say('chartTitle', { policy: policy.id, total }),
    peak:
      peak === undefined || peak.low === 0
        ? ''
        : say('chartMost', { month: voice.month(facts.months[most] ?? facts.asOf), count: text(peak) }),
    ...chartOf(facts.months, counts, voice.zone),
  }
}

function yearTables(facts: ReportFacts, some: readonly Counted[], voice: Voice) {
  const short = new Intl.DateTimeFormat(voice.lang === 'fr' ? 'fr-FR' : 'en-GB', {
    month: 'short',
    timeZone: voice.zone,
  })
  return [0, 1, 2].map((year) => {
    const from = year * yearLong
    const months = facts.months.slice(from, from + yearLong)
    const [first = facts.asOf] = months
    return {
      caption: voice.say('yearCaption', {
        from: voice.month(first),
        to: voice.month(months.at(-1) ?? first),
      }),
      months: months.map((at) => ({ short: short.format(at), long: voice.month(at) })),
      rows: some.map(({ policy, counts }) => {
        const own = counts.slice(from, from + yearLong)
        return {
          id: policy.policy.id,
          cells: own.map((count) => ({ text: voice.text(count), none: isNone(count) })),
          total: voice.text(sumOf(own)),
        }
      }),
    }
  })
}
