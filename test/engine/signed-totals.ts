/** What a run signs of itself, beside what the entries add up to that it wrote together with each change. */
import { expect } from 'chai'
import type { Database } from '../../db/session.ts'
import { leavesOf } from './kill.ts'

const acts = ['erased', 'anonymised', 'archived', 'truncated', 'withdrawn'] as const
type Act = (typeof acts)[number]

interface Leaf {
  readonly kind: string
  readonly run: string
  readonly policy: { readonly id: string }
  readonly policies: Readonly<Record<string, Readonly<Record<Act, string>>>>
  readonly tables: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly done: string
  readonly asked: string
  readonly left: Readonly<Record<string, string>>
}

/** What a leaf says was done: a person, or the rows of a flat kind, which has no other table. */
function change({ kind, tables }: Leaf): { readonly act: string; readonly count: number } | null {
  const [of, act = ''] = kind.split('.')
  if (of === 'subject') return { act, count: 1 }
  if (of !== 'rows') return null
  const counts = Object.values(tables).flatMap((one) => Object.values(one))
  return { act, count: counts.reduce((sum, count) => sum + Number(count), 0) }
}

/** People and rows that this run has done, by the leaves of its changes. */
export async function doneBy(database: Database, run: string): Promise<number> {
  const leaves = (await leavesOf(database)) as unknown as readonly Leaf[]
  return leaves.filter((leaf) => leaf.run === run).reduce((sum, leaf) => sum + (change(leaf)?.count ?? 0), 0)
}

/** Its `run.finished` counts what it did itself, and each `purge.checked` found nothing of that any more. */
export async function expectSignedTotals(database: Database, run: string): Promise<void> {
  const all = (await leavesOf(database)) as unknown as readonly Leaf[]
  const leaves = all.filter((leaf) => leaf.run === run)
  const [finished, ...more] = leaves.filter(({ kind }) => kind === 'run.finished')
  expect(more, 'more than one run.finished').to.deep.equal([])
  const signed: Record<string, Record<string, number>> = {}
  const done: Record<string, Record<string, number>> = {}
  for (const [policy, counts] of Object.entries(finished?.policies ?? {})) {
    signed[policy] = Object.fromEntries(acts.map((act) => [act, Number(counts[act])]))
    done[policy] = Object.fromEntries(acts.map((act) => [act, 0]))
  }
  for (const leaf of leaves) {
    const changed = change(leaf)
    if (changed === null) continue
    const counts = (done[leaf.policy.id] ??= {})
    counts[changed.act] = (counts[changed.act] ?? 0) + changed.count
  }
  expect(signed, 'signed in run.finished, and the sums of the leaves').to.deep.equal(done)

  const checks = leaves.filter(({ kind }) => kind === 'purge.checked')
  const expected = Object.entries(done)
    .map(([policy, counts]) => [policy, String(Object.values(counts).reduce((sum, count) => sum + count, 0))])
    .filter(([, count]) => count !== '0')
  expect(checks.map(({ policy, done: count }) => [policy.id, count])).to.have.deep.members(expected)
  for (const { policy, done: count, asked, left } of checks) {
    expect(asked, `${policy.id}: asked after`).to.equal(count)
    expect(Object.keys(left), `${policy.id}: tables asked`).not.to.have.length(0)
    expect(
      Object.values(left).filter((rows) => rows !== '0'),
      `${policy.id}: left`,
    ).to.deep.equal([])
  }
}
