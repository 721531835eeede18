/** Of some rows, those that a policy has done and that nobody came back to since: only a row without a name is left. */
import type { Instant } from '../base/clock.ts'
import { keyText, type Key } from '../base/subject-ref.ts'
import type { Session } from '../db/session.ts'
import { readRoots } from '../db/site/read-facts.ts'
import { readColumns } from '../db/site/rows.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { isStillDone } from '../plan/done-mark.ts'
import type { EnginePorts } from './ports.ts'
import { readFacts } from './read-rows.ts'

/** As key text. Whatever the policy is narrowed to today: the mark says that it was done. */
export async function keysDone(
  ports: EnginePorts,
  session: Session,
  policy: CompiledPolicy,
  keys: readonly Key[],
): Promise<readonly string[]> {
  const wide = { ...policy, only: [] }
  const { done } = policy.act
  if (done === null || keys.length === 0) return []
  if (done === 'own') {
    const roots = await readRoots(session, ports.database.dialect, wide, keys, 'told')
    const open = new Set((await readFacts(ports, session, wide, keys)).map(({ key }) => keyText(key)))
    return [...roots].flatMap(([text, root]) => (root.done === null || open.has(text) ? [] : [text]))
  }
  const rows = await readColumns(session, ports.database.dialect, policy, keys, [done.column])
  const marked = new Map(rows.map(({ root, columns }) => [root, writtenAt(columns[done.column] ?? null)]))
  // A column of the site says nothing of the clock, so that the clock is asked in any case.
  const asked = await readFacts(ports, session, { ...wide, act: { ...policy.act, done: null } }, keys)
  return asked.flatMap((facts) => {
    const text = keyText(facts.key)
    const at = marked.get(text) ?? null
    return at !== null && isStillDone(policy, facts, { at, clock: null }) ? [text] : []
  })
}

/** As the engine writes it; null: not, or by somebody else. */
function writtenAt(raw: string | null): Instant | null {
  if (raw === null) return null
  const at = Date.parse(`${raw.slice(0, 10)}T${raw.slice(11, 19) || '00:00:00'}Z`)
  return Number.isNaN(at) ? null : at
}
