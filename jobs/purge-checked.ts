/** What the database answered when it was asked again after a policy's work, as evidence. */
import { isoInstant } from '../base/clock.ts'
import { countText, minuteOf, newEntryId, type PurgeCheckedEntry } from '../audit/entry.ts'
import type { RunPlace } from '../engine/apply-batch.ts'
import type { Again } from '../engine/ask-again.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { JobContext } from './context.ts'

/** `done`: rows, or people, that the policy has done; `again.asked` of them were asked after. */
export function checkedEntry(
  { ports }: Pick<JobContext, 'ports'>,
  policy: CompiledPolicy,
  { done, again }: { readonly done: number; readonly again: Again },
  { run, asOf }: Pick<RunPlace, 'run' | 'asOf'>,
): PurgeCheckedEntry {
  return {
    v: '1',
    id: newEntryId(ports.random),
    kind: 'purge.checked',
    t: minuteOf(asOf),
    tool: ports.toolVersion,
    run,
    policy: { id: policy.policy.id, terms: policy.termsHash },
    as_of: isoInstant(asOf),
    done: countText(done),
    asked: countText(again.asked),
    left: Object.fromEntries(Object.entries(again.left).map(([table, rows]) => [table, countText(rows)])),
  }
}
