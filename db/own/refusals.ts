/** Refusals of an address, one row a day and person: what makes a person unreachable in the end. */
import type { Dialect, Session } from '../session.ts'
import { marks } from './row.ts'

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

/** An acceptance at the address says that the refusals before it count no more. */
export async function deleteRefusals(tx: Session, one: RefusedAt): Promise<void> {
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
