/** Runs, coverage, what a deletion leaves, and how to check all this. */
import { civilDate, startOfDay } from '../plan/civil.ts'
import type { Gap } from '../plan/coverage.ts'
import { renderPlanProblem } from '../plan/problem-texts.ts'
import { mostRuns } from './done.ts'
import type { ReportFacts, Residual, RunFacts } from './facts.ts'
import { sumOf } from './mask.ts'
import { stopText } from './stops.ts'
import { steadyOfAll } from './view-backlog.ts'
import type { Voice } from './voice.ts'
import type { WordKey } from './words.ts'
import { sayOf } from './words.ts'

export function runsView({ runs, policies }: ReportFacts, voice: Voice) {
  const { say, number } = voice
  const left = steadyOfAll(policies, voice)
  const states = [...new Set(runs.map(({ state }) => state))].map(
    (state) => `${say(`run_${state}`)} ${number(runs.filter((run) => run.state === state).length)}`,
  )
  return {
    any: runs.length > 0,
    text: say('runsText', { count: number(runs.length), states: states.join(', ') }),
    more:
      runs.length > mostRuns ? say('runsMore', { shown: number(mostRuns), count: number(runs.length) }) : '',
    rows: runs.slice(0, mostRuns).map((run) => runRow(run, left, voice)),
  }
}

function runRow(run: RunFacts, left: Voice['count'], voice: Voice) {
  return {
    when: voice.day(run.asOf),
    job: run.job
      .split('+')
      .map((part) => sayOf(voice.say, 'job', part))
      .join(', '),
    state: voice.say(`run_${run.state}`),
    bad: run.state === 'failed' || run.state === 'refused' || run.state === 'interrupted',
    rows: voice.text(sumOf(run.rows.map((rows) => voice.count(rows)))),
    mails: voice.text(sumOf(run.mails.map((mails) => voice.count(mails, run.basis)))),
    // Its sentence counts over all of them.
    why:
      run.rows.length > 1
        ? stopText(run.whyStopped, { ...voice, count: voice.sum })
        : stopText(run.whyStopped, voice, left),
  }
}

/** Empty where no policy warns. */
export function bouncesText({ bounces }: ReportFacts, { say, day }: Voice): string {
  switch (bounces?.state) {
    case undefined:
      return ''
    case 'proven':
    case 'old':
      return say(`bounces_${bounces.state}`, { day: day(bounces.at) })
    case 'waiting':
      return say('bounces_waiting', { day: day(bounces.since) })
    case 'declared':
      return say('bounces_declared', { because: bounces.because })
    case 'never':
      return say('bounces_never')
  }
}

export function coverageView({ gaps, problems }: ReportFacts, { say, lang }: Voice) {
  return {
    none: gaps.length === 0,
    gaps: gaps.map((gap) =>
      say(gapKey(gap), { table: gap.table, column: gap.column ?? '', data: gap.data ?? '' }),
    ),
    anyProblem: problems.length > 0,
    problems: problems.map((problem) => renderPlanProblem(problem, lang)),
  }
}

function gapKey({ kind }: Gap): WordKey {
  return `g_${kind}`
}

export function residualView(facts: ReportFacts, voice: Voice) {
  const { residual } = facts
  const { say, number } = voice
  const row = (place: WordKey, long: string) => ({ place: say(place), long })
  return {
    server: residual.server,
    rows: [
      row('r_binlog', binlogText(residual, voice)),
      row('r_backups', backupText(facts, voice)),
      row(
        'r_replicas',
        residual.replicas > 0
          ? say('r_replicasText', { count: number(residual.replicas) })
          : say('r_replicasNone'),
      ),
      ...(residual.wipes === null
        ? [
            row(
              'r_history',
              residual.history === null
                ? say('r_historyUnknown')
                : say('r_historyText', { count: number(residual.history) }),
            ),
          ]
        : []),
      row('r_pages', say(residual.wipes === true ? 'r_pagesWiped' : 'r_pagesText')),
      row('r_else', say('r_elseText')),
    ],
  }
}

/** What nobody declared is not known: there may be other backups than the one that was named. */
function backupText({ residual: { backup }, asOf }: ReportFacts, { say, day, zone }: Voice): string {
  const dayText = (date: string): string => day(startOfDay(date, zone))
  switch (backup?.state) {
    case undefined:
      return say('r_backupsText')
    case 'none':
      return say('r_backupsNone', { day: dayText(backup.declaredOn) })
    case 'named':
      return say(backup.keptUntil < civilDate(asOf, zone) ? 'r_backupsOver' : 'r_backupsNamed', {
        taken: dayText(backup.taken),
        until: dayText(backup.keptUntil),
      })
  }
}

function binlogText({ binlogDays, binlogImage }: Residual, { say, number }: Voice): string {
  if (binlogDays === null) return say('r_binlogOff')
  const long = binlogDays === 0 ? say('r_binlogEver') : say('r_binlogDays', { days: number(binlogDays) })
  if (binlogImage === null) return long
  const image = binlogImage === 'FULL' ? say('r_binlogFull') : say('r_binlogImage', { image: binlogImage })
  return `${long}; ${image}`
}

export function evidenceView({ evidence }: ReportFacts, { say, number }: Voice) {
  return {
    size: say('evidenceSize', { count: number(evidence.sealed), unsealed: number(evidence.unsealed) }),
    command: `oubli audit verify --key ${evidence.verifierKey ?? 'KEY'}`,
    verifierKey: evidence.verifierKey ?? '',
    checkpoint: evidence.checkpoint?.trimEnd() ?? '',
    any: evidence.checkpoint !== null,
    hasKey: evidence.verifierKey !== null,
  }
}
