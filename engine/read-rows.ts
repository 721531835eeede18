/** Facts and decisions for a list of rows: the same reading for the plan and for the re-check under lock. */
import type { Instant } from '../base/clock.ts'
import type { Key } from '../base/subject-ref.ts'
import { readKept } from '../db/own/kept.ts'
import type { Session } from '../db/session.ts'
import { readEach, readRoots, readSource, readState, type RootReading } from '../db/site/read-facts.ts'
import { extremesOf } from '../plan/clock-reading.ts'
import type { ClockSource, CompiledPolicy } from '../plan/compiled.ts'
import type { Decision } from '../plan/decision.ts'
import type { Facts, SourceReading, WarningFact } from '../plan/facts.ts'
import { isStillDone, type DoneMark } from '../plan/done-mark.ts'
import { judge } from '../plan/judge.ts'
import { readCovered } from './covers.ts'
import type { EnginePorts } from './ports.ts'

export interface Judged {
  readonly facts: Facts
  readonly decision: Decision
}

const nothing: SourceReading = { earliest: null, latest: null }

/** Reads and judges; a row that is gone, done, or no concern of the policy any more is left out. */
export async function judgeRows(
  ports: EnginePorts,
  session: Session,
  policy: CompiledPolicy,
  keys: readonly Key[],
  now: Instant,
): Promise<readonly Judged[]> {
  const facts = await readFacts(ports, session, policy, keys)
  return facts.map((one) => ({ facts: one, decision: judge(policy, one, now) }))
}

export async function readFacts(
  ports: EnginePorts,
  session: Session,
  policy: CompiledPolicy,
  keys: readonly Key[],
  /** Asked in the place of the clock whether a mark of ours counts. */
  counts: ((key: Key, mark: DoneMark) => boolean) | null = null,
): Promise<readonly Facts[]> {
  const { dialect } = ports.database
  const roots = await readRoots(session, dialect, policy, keys, counts === null ? 'left out' : 'told')
  const isDone = (one: Facts, mark: DoneMark): boolean =>
    counts === null ? isStillDone(policy, one, mark) : counts(one.key, mark)
  const readings: ReadonlyMap<string, SourceReading>[] = []
  for (const source of policy.clock.sources)
    readings.push(
      source.clock.ordered
        ? await readSource(session, dialect, policy, source, roots)
        : sorted(await readEach(session, dialect, policy, source, roots), source),
    )
  const states: { name: string; keys: ReadonlySet<string> }[] = []
  for (const state of policy.states)
    states.push({ name: state.name, keys: await readState(session, dialect, policy, state, roots) })
  const { held, restricted, excepted } = await readCovered(ports, session, policy, roots)
  const warnings = await mailsTo(ports, session, policy, [...roots.keys()])
  // Who is not warned is not told that they may ask to stay.
  const kept = policy.policy.warn === null ? null : await readKept(session, policy.kind, [...roots.keys()])
  const facts: Facts[] = []
  for (const [text, root] of roots) {
    const one: Facts = {
      key: root.key,
      identity: policy.identity.map((column) => root.columns[column] ?? null),
      readings: readings.map((reading) => reading.get(text) ?? nothing),
      else: policy.clock.else === null ? null : (root.columns[policy.clock.else.column] ?? null),
      ...(kept === null ? {} : { kept: kept.get(text) ?? [] }),
      columns: root.columns,
      states: states.filter((state) => state.keys.has(text)).map((state) => state.name),
      held: held.has(text),
      restricted: restricted.has(text),
      excepted: excepted.has(text),
      ...contactOf(ports, policy, root),
      ...warnings(text),
    }
    if (root.done === null || !isDone(one, root.done)) facts.push(one)
  }
  return facts
}

function sorted(
  values: ReadonlyMap<string, readonly string[]>,
  { clock }: ClockSource,
): ReadonlyMap<string, SourceReading> {
  return new Map([...values].map(([key, raws]) => [key, extremesOf(raws, clock)]))
}

/** By key text: the mails of the policy, and those of others. One that went under another name of the row is another's. */
async function mailsTo(
  ports: EnginePorts,
  session: Session,
  { kind, policy, announced, told = [] }: CompiledPolicy,
  keys: readonly string[],
): Promise<(key: string) => Pick<Facts, 'warnings' | 'others'>> {
  const read = policy.warn !== null || announced === true
  const here = read ? await ports.warningsOf(session, kind, keys) : new Map<string, never>()
  const elsewhere: ReadonlyMap<string, readonly WarningFact[]>[] = []
  for (const name of told) elsewhere.push(await ports.warningsOf(session, name, keys))
  return (key) => {
    const all = here.get(key) ?? []
    const others = [
      ...all.filter((one) => one.policy !== policy.id),
      ...elsewhere.flatMap((mails) => mails.get(key) ?? []),
    ]
    return {
      warnings: all.filter((one) => one.policy === policy.id),
      ...(others.length === 0 ? {} : { others }),
    }
  }
}

function contactOf(
  ports: EnginePorts,
  policy: CompiledPolicy,
  root: RootReading,
): Pick<Facts, 'address' | 'name' | 'locale' | 'addressHash' | 'addressState'> {
  const { contact } = policy
  // Nobody is told anything under a policy that does not warn.
  if (contact === null || policy.policy.warn === null)
    return { address: null, name: null, locale: null, addressHash: null, addressState: 'none' }
  const address = root.columns[contact.email] ?? null
  const reading = ports.readAddress(address)
  return {
    address,
    name: contact.name === null ? null : (root.columns[contact.name] ?? null),
    locale: contact.locale === null ? null : (root.columns[contact.locale] ?? null),
    addressHash: reading.hash,
    addressState: reading.state,
  }
}
