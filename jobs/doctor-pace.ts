/** What would keep a run from writing: signals and replicas that do not answer, and a pause that stands. */
import { stopwatch } from '../base/clock.ts'
import { readControl } from '../db/own/control.ts'
import type { JobContext } from './context.ts'
import { pauseFileWarning } from './pause-file.ts'
import { siteSignals } from './site-signals.ts'

interface PaceCheck {
  readonly name: 'signals' | 'pause'
  readonly result: 'ok' | 'warning' | 'refused'
  readonly text: string
}

/** Without a signal a run does not notice what it does to the site, and without a replica it writes nothing. */
export async function signalCheck(ctx: JobContext): Promise<PaceCheck> {
  const signals = siteSignals(ctx.database, ctx.settings, stopwatch)
  await signals.look()
  const silent = await signals.silentReplicas()
  const missing = signals.missing()
  await signals.close()
  const wanted = ctx.settings.pace.require.filter((name) => missing.includes(name))
  const unread = missing.filter((name) => silent.length === 0 || name !== 'replica_lag_ms')
  const parts = [
    ...(silent.length === 0
      ? []
      : [`no answer from ${silent.join(', ')}: while it lasts, a run waits and erases nothing`]),
    ...(unread.length === 0 ? [] : [`cannot be read here: ${unread.join(', ')}`]),
  ]
  return {
    name: 'signals',
    result: wanted.length > 0 || silent.length > 0 ? 'refused' : 'ok',
    text: parts.length === 0 ? 'all can be read' : parts.join('; '),
  }
}

/** A pause lasts until somebody ends it, and somebody may have forgotten. */
export async function pauseChecks({ database, settings }: JobContext): Promise<readonly PaceCheck[]> {
  const { pause } = await readControl(database)
  const { pauseFile } = settings.pace
  const file = pauseFile === null ? null : pauseFileWarning(pauseFile)
  const check = (text: string): PaceCheck => ({ name: 'pause', result: 'warning', text })
  const by = pause?.by == null ? '' : ` by ${pause.by}`
  return [
    ...(pause === null
      ? []
      : [check(`runs are paused${by} since ${pause.at} and erase nothing; \`oubli resume\` ends it`)]),
    ...(file === null ? [] : [check(file)]),
  ]
}
