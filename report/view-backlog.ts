/** Backlogs on the page: a sentence, a chart and a table for each. */
import { endOf, lineAt } from '../plan/backlog.ts'
import { startOfDay } from '../plan/civil.ts'
import { curveOf } from './backlog.ts'
import { chartOf, slopeOf } from './chart.ts'
import type { BacklogFacts, PolicyFacts, ReportFacts } from './facts.ts'
import { maskBelow, nothing, sumOf, type Masked } from './mask.ts'
import { dueOf, pastOf } from './view-promises.ts'
import type { Voice } from './voice.ts'

export function backlogView(facts: ReportFacts, voice: Voice) {
  return facts.policies.flatMap((one) => {
    const { backlog } = one
    return backlog == null || backlog.size === 0 ? [] : [oneView(facts, one, backlog, voice)]
  })
}

function oneView(facts: ReportFacts, one: PolicyFacts, backlog: BacklogFacts, voice: Voice) {
  const { say, text } = voice
  const { state, points } = curveOf(backlog, voice.zone, facts.asOf)
  const count = steady(one, voice)
  const left = count(backlog.left)
  const size = count(backlog.size)
  const counts = points.map((point, i) => (point.left === null ? null : i === 0 ? size : count(point.left)))
  const months = points.map(({ at }) => at)
  const shown = counts.map((each) => each ?? nothing)
  const line = { ...backlog, size: size.low }
  const sentence = say('backlogText', {
    from: voice.day(backlog.frozenAt),
    size: text(size),
    units: say(one.subject ? 'peopleUnit' : 'rowsUnit'),
    left: text(left),
    by: voice.day(startOfDay(backlog.by, voice.zone)),
    state: say(`bl_${state}`),
  })
  return {
    id: one.policy.id,
    late: state === 'late',
    done: state === 'done',
    text: sentence,
    ...chartOf(months, shown, voice.zone),
    slope: slopeOf(months, shown, size.low, endOf(backlog, voice.zone)),
    rows: points.map(({ at }, i) => {
      const each = counts[i] ?? null
      return {
        month: i === 0 ? voice.day(at) : voice.month(at),
        left: each === null ? '' : text(each),
        line: text(voice.count(lineAt(line, voice.zone, at), 'estimate')),
      }
    }),
  }
}

/**
 * A number that differs by a few from one that is shown already would give these few away: it is told as that one,
 * about. What is past the term is shown first, so it comes first here.
 */
export function steady({ past }: PolicyFacts, voice: Voice): (rows: number) => Masked {
  return steadyBy(anchorsOf(pastRows(past, voice)), voice)
}

/** The same beside these lists of counts and the sum of each. */
export function steadyBeside(shown: readonly (readonly Masked[])[], voice: Voice): (rows: number) => Masked {
  return steadyBy(shown.flatMap(anchorsOf), voice)
}

/** The same of a number that may be of any of these policies, or of several. */
export function steadyOfAll(policies: readonly PolicyFacts[], voice: Voice): (rows: number) => Masked {
  const groups = [policies, policies.filter((one) => one.subject), policies.filter((one) => !one.subject)]
  const sums = groups.flatMap((of) => [
    sumOf(of.map((one) => pastOf(one, voice))),
    sumOf(of.map((one) => dueOf(one, voice))),
  ])
  return steadyBy(
    [
      ...policies.flatMap(({ past }) => anchorsOf(pastRows(past, voice))),
      ...sums.flatMap((sum) => anchorsOf([sum])),
    ],
    voice,
  )
}

interface Anchor {
  readonly low: number
  /** What differs from it by no more is told as it. */
  readonly few: number
}

function pastRows(past: PolicyFacts['past'], voice: Voice): readonly Masked[] {
  return Object.values(past).map(({ rows }) => voice.count(rows))
}

/** Of their sum, and of each. */
function anchorsOf(known: readonly Masked[]): readonly Anchor[] {
  const sum = sumOf(known)
  // The sum is shown without its hidden parts, and each of them is a few.
  const few = (maskBelow - 1) * Math.max(1, sum.hidden)
  return [sum, ...known].map(({ low }) => ({ low, few }))
}

function steadyBy(first: readonly Anchor[], voice: Voice): (rows: number) => Masked {
  const anchors = [...first]
  const few = Math.max(maskBelow - 1, first[0]?.few ?? 0)
  const masks = voice.count(1).hidden > 0
  return (rows) => {
    const found = voice.count(rows)
    if (!masks || found.hidden > 0) return found
    const near = anchors.find((one) => one.low >= maskBelow && Math.abs(one.low - rows) <= one.few)
    if (near !== undefined) return near.low === rows ? found : { low: near.low, hidden: 0, basis: 'estimate' }
    anchors.push({ low: rows, few })
    return found
  }
}
