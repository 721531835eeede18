/** Walks over everything whose scanned clock lies before a bound, oldest first, page by page, already judged. */
import type { Instant } from '../base/clock.ts'
import { keyText } from '../base/subject-ref.ts'
import { candidatePages } from '../db/site/candidate-pages.ts'
import { scannedClock, type Candidate, type Pass } from '../db/site/candidates.ts'
import { encodeCutoff } from '../plan/clock-value.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { cutoff, cutoffAhead } from '../plan/deadline.ts'
import type { Statement } from '../db/session.ts'
import type { EnginePorts } from './ports.ts'
import { judgeRows, type Judged } from './read-rows.ts'

export interface WalkedRow extends Judged {
  readonly candidate: Candidate
}

/**
 * Rows read at a time; they are judged without any lock. Three whole batches of people, and no more conditions
 * than SQLite takes in one statement.
 */
export const pageSize = 600

/** How far ahead of the term a policy looks: the first warning's days for one that warns, else nothing. */
export function lookAhead(policy: CompiledPolicy): number {
  const { warn } = policy.policy
  return warn !== null && warn.when === 'before the term' ? (warn.daysBefore[0] ?? 0) : 0
}

export function bounds(
  policy: CompiledPolicy,
  now: Instant,
  ahead: number,
): { readonly cutoff: Instant; readonly bound: string; readonly elseBound: string | null } {
  const before = ahead > 0 ? cutoffAhead(policy.clock, now, ahead) : cutoff(policy.clock, now)
  return {
    cutoff: before,
    bound: encodeCutoff(before, scannedClock(policy)),
    elseBound: policy.clock.else === null ? null : encodeCutoff(before, policy.clock.else),
  }
}

/** `known`: rows of which this holds are left out; `all`: every row is known. */
export async function* walk(
  ports: EnginePorts,
  policy: CompiledPolicy,
  now: Instant,
  ahead: number,
  known: Statement | 'all' | null = null,
): AsyncGenerator<readonly WalkedRow[]> {
  if (known === 'all') return
  const { bound, elseBound } = bounds(policy, now, ahead)
  const passes: readonly { readonly pass: Pass; readonly bound: string }[] = [
    { pass: 'dated', bound },
    ...(elseBound === null ? [] : [{ pass: 'never' as const, bound: elseBound }]),
  ]
  for (const { pass, bound: before } of passes) {
    const scan = { pass, bound: before, limit: pageSize, known }
    for await (const page of candidatePages(ports.database, ports.database.dialect, policy, scan))
      if (page.length > 0) yield await judged(ports, policy, page, now)
  }
}

async function judged(
  ports: EnginePorts,
  policy: CompiledPolicy,
  page: readonly Candidate[],
  now: Instant,
): Promise<readonly WalkedRow[]> {
  const byKey = new Map(page.map((candidate) => [keyText(candidate.key), candidate]))
  const rows = await judgeRows(
    ports,
    ports.database,
    policy,
    page.map(({ key }) => key),
    now,
  )
  const walked = new Map(rows.map((row) => [keyText(row.facts.key), row]))
  return [...byKey].flatMap(([text, candidate]) => {
    const row = walked.get(text)
    return row === undefined ? [] : [{ ...row, candidate }]
  })
}

/** Reads and judges the next page while the caller works on this one. What it says is judged again under lock. */
export async function* readAhead<T>(pages: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = pages.next()
  try {
    for (;;) {
      const page = await next
      if (page.done === true) return
      next = pages.next()
      // A failure is thrown when its turn comes, also when that is after the caller has left.
      next.catch(() => undefined)
      yield page.value
    }
  } finally {
    await next.catch(() => undefined)
  }
}
