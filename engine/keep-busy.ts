/**
 * Whom each run finds busy. One that the site holds locked every night is never done although it is due, so it is
 * remembered from run to run, tried in each, and told from the third on.
 */
import { isoInstant } from '../base/clock.ts'
import { keyFromText, keyText, shortRef } from '../base/subject-ref.ts'
import { forgetBusy, listBusy, oftenBusy, setAside } from '../db/own/set-aside.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { RunPlace } from './apply-batch.ts'
import type { EnginePorts } from './ports.ts'
import { judgeRows } from './read-rows.ts'
import type { Tally } from './tally.ts'

export interface BusyRow {
  /** Short reference. */
  readonly ref: string
  /** Runs in a row, this one included. */
  readonly runs: number
}

/**
 * Gives those that were busy too often. A run that was stopped counts for nobody: its
 * second try had not come yet.
 */
export async function keepBusy(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: Pick<RunPlace, 'run' | 'asOf'>,
  { busyKeys, stopped }: Pick<Tally, 'busyKeys' | 'stopped'>,
): Promise<readonly BusyRow[]> {
  if (stopped !== null && stopped !== 'slice') return []
  const { id } = policy.policy
  for (const key of busyKeys)
    await setAside(ports.database, {
      ...{ policy: id, kind: policy.kind, keyText: keyText(key), code: 'busy' },
      ...{ run: place.run, since: isoInstant(place.asOf) },
    })
  const known = await listBusy(ports.database, id)
  const earlier = known.filter(({ run }) => run !== place.run).map((row) => row.keyText)
  // All were tried, or as many as the slice held: then those that are still due wait for their turn.
  const left = stopped === null ? new Set<string>() : await stillDue(ports, policy, place, earlier)
  const gone = earlier.filter((text) => !left.has(text))
  await forgetBusy(ports.database, id, policy.kind, gone)
  return known
    .filter(({ run, attempts }) => run === place.run && attempts >= oftenBusy)
    .map((row) => ({
      ref: shortRef(ports.secret, row.kind, keyFromText(row.keyText)),
      runs: row.attempts,
    }))
}

async function stillDue(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: Pick<RunPlace, 'asOf'>,
  keyTexts: readonly string[],
): Promise<ReadonlySet<string>> {
  if (keyTexts.length === 0) return new Set()
  const judged = await judgeRows(ports, ports.database, policy, keyTexts.map(keyFromText), place.asOf)
  return new Set(
    judged.filter(({ decision }) => decision.act === 'due').map(({ facts }) => keyText(facts.key)),
  )
}
