/**
 * Whom each run finds busy. One that the site holds locked every night is never done although it is due, so it is
 * remembered from run to run, tried in each, and told from the third on. Who failed or was busy in an earlier run
 * and is not due any more is forgotten: nothing about a person stays for longer than it is needed.
 */
import { isoInstant } from '../base/clock.ts'
import { keyFromText, keyText, shortRef } from '../base/subject-ref.ts'
import { forgetAside, listAside, oftenBusy, setAside } from '../db/own/set-aside.ts'
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
 * Gives those that were busy too often. A run that was stopped counts for nobody, as its last try had not come yet;
 * nor, for the same reason, does one whose slice was full for those whom its last pass did not come to.
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
  const earlier = (await listAside(ports.database, id, place.run, 'earlier')).map((row) => row.keyText)
  // All were tried, or as many as the slice held: then those that are still due wait for their turn.
  const left = stopped === null ? new Set<string>() : await stillDue(ports, policy, place, earlier)
  const gone = earlier.filter((text) => !left.has(text))
  await forgetAside(ports.database, id, policy.kind, gone)
  return (await listAside(ports.database, id, place.run, 'busy now'))
    .filter(({ attempts }) => attempts >= oftenBusy)
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
