/** The terms of each policy that this database has seen, and those under which it last acted. */
import { canonicalText, type Canonical } from '../../base/canonical.ts'
import type { Session } from '../session.ts'
import { text, textOrNull } from './row.ts'

export interface ObservedTerms {
  readonly policy: string
  readonly termsHash: string
  /** Canonical JSON. */
  readonly terms: string
  readonly run: string
  readonly at: string
}

/** Remembers the first run that observed these terms; later ones only add what a version before it did not note. */
export async function observeTerms(tx: Session, seen: ObservedTerms): Promise<void> {
  const known = await storedTerms(tx, seen.policy, seen.termsHash)
  if (known !== null) {
    if (canonicalText(known) === seen.terms) return
    await tx.run({
      text: 'UPDATE oubli_terms SET terms = ? WHERE policy = ? AND terms_hash = ?',
      values: [seen.terms, seen.policy, seen.termsHash],
    })
    return
  }
  await tx.run({
    text: 'INSERT INTO oubli_terms (policy, terms_hash, terms, observed_run, observed_at) VALUES (?, ?, ?, ?, ?)',
    values: [seen.policy, seen.termsHash, seen.terms, seen.run, seen.at],
  })
}

/** What was observed under this hash; null: nothing was. */
export async function storedTerms(
  session: Session,
  policy: string,
  termsHash: string,
): Promise<Canonical | null> {
  const [row] = await session.rows({
    text: 'SELECT terms FROM oubli_terms WHERE policy = ? AND terms_hash = ?',
    values: [policy, termsHash],
  })
  return row === undefined ? null : (JSON.parse(text(row, 'terms')) as Canonical)
}

/** The run that first observed these terms; null: none has. */
export async function observedRun(
  session: Session,
  policy: string,
  termsHash: string,
): Promise<string | null> {
  const [row] = await session.rows({
    text: 'SELECT observed_run FROM oubli_terms WHERE policy = ? AND terms_hash = ?',
    values: [policy, termsHash],
  })
  return row === undefined ? null : text(row, 'observed_run')
}

export async function inForceTerms(
  session: Session,
  policy: string,
): Promise<{ readonly hash: string; readonly terms: Canonical } | null> {
  const [row] = await session.rows({
    text: 'SELECT terms_hash, terms FROM oubli_terms WHERE policy = ? AND in_force_since IS NOT NULL ORDER BY in_force_since DESC LIMIT 1',
    values: [policy],
  })
  return row === undefined
    ? null
    : { hash: text(row, 'terms_hash'), terms: JSON.parse(text(row, 'terms')) as Canonical }
}

export async function putInForce(tx: Session, policy: string, termsHash: string, at: string): Promise<void> {
  await tx.run({
    text: 'UPDATE oubli_terms SET in_force_since = ? WHERE policy = ? AND terms_hash = ?',
    values: [at, policy, termsHash],
  })
}

/** All under which a policy has ever acted. */
export async function everInForce(session: Session): Promise<readonly Canonical[]> {
  const rows = await session.rows({
    text: 'SELECT terms FROM oubli_terms WHERE in_force_since IS NOT NULL',
    values: [],
  })
  return rows.map((row) => JSON.parse(text(row, 'terms')) as Canonical)
}

/** Policy → since when it acts, under whichever terms, as an ISO instant; one that never acted is missing. */
export async function firstInForce(session: Session): Promise<ReadonlyMap<string, string>> {
  const rows = await session.rows({
    text: 'SELECT policy, MIN(in_force_since) AS since FROM oubli_terms WHERE in_force_since IS NOT NULL GROUP BY policy',
    values: [],
  })
  return new Map(rows.map((row) => [text(row, 'policy'), text(row, 'since')]))
}

/** When these very terms were first observed, and since when they act; null: they were never seen. */
export async function termsSeen(
  session: Session,
  policy: string,
  termsHash: string,
): Promise<{ readonly observedAt: string; readonly inForceSince: string | null } | null> {
  const [row] = await session.rows({
    text: 'SELECT observed_at, in_force_since FROM oubli_terms WHERE policy = ? AND terms_hash = ?',
    values: [policy, termsHash],
  })
  return row === undefined
    ? null
    : { observedAt: text(row, 'observed_at'), inForceSince: textOrNull(row, 'in_force_since') }
}
