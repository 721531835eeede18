/** Refusals of an address, one row a day and person: what makes a person unreachable in the end. */
import type { Dialect, Session } from '../session.ts'
import { marks, text } from './row.ts'

/** Whose refusals: a person, under a policy, at one address. */
export interface RefusedAt {
  readonly policy: string
  readonly kind: string
  readonly keyText: string
  readonly addressHash: string
}

/** The second refusal of a day changes nothing. */
export async function insertRefusal(
  tx: Session,
  dialect: Dialect,
  who: RefusedAt,
  day: string,
  code: string,
): Promise<void> {
  const columns = ['policy', 'kind', 'key_text', 'address_hash', 'day', 'code']
  await tx.run({
    text: dialect.insertIgnore('oubli_refusal', columns),
    values: [who.policy, who.kind, who.keyText, who.addressHash, day, code],
  })
}

/** Forgets the refusals of these people at these addresses. They are rare: most people have none. */
export async function deleteRefusals(tx: Session, people: readonly RefusedAt[]): Promise<void> {
  for (const kind of new Set(people.map((one) => one.kind))) {
    const keys = [...new Set(people.filter((one) => one.kind === kind).map((one) => one.keyText))]
    const rows = await tx.rows({
      text: `SELECT key_text FROM oubli_refusal WHERE kind = ? AND key_text IN (${marks(keys)})`,
      values: [kind, ...keys],
    })
    const refused = new Set(rows.map((row) => text(row, 'key_text')))
    for (const one of people) if (one.kind === kind && refused.has(one.keyText)) await deleteOne(tx, one)
  }
}

async function deleteOne(tx: Session, one: RefusedAt): Promise<void> {
  await tx.run({
    text: 'DELETE FROM oubli_refusal WHERE policy = ? AND kind = ? AND key_text = ? AND address_hash = ?',
    values: [one.policy, one.kind, one.keyText, one.addressHash],
  })
}

/** The person came back: whatever was refused before counts no more. */
export async function clearRefusals(
  tx: Session,
  policy: string,
  kind: string,
  keyText: string,
): Promise<void> {
  await tx.run({
    text: 'DELETE FROM oubli_refusal WHERE policy = ? AND kind = ? AND key_text = ?',
    values: [policy, kind, keyText],
  })
}

/** At most 500 people. */
export async function forgetRefusals(tx: Session, kind: string, keyTexts: readonly string[]): Promise<void> {
  await tx.run({
    text: `DELETE FROM oubli_refusal WHERE kind = ? AND key_text IN (${marks(keyTexts)})`,
    values: [kind, ...keyTexts],
  })
}
