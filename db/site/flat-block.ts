/**
 * Several write transactions of a flat table in one trip to the server, for those that take a compound statement
 * (MariaDB). Each is whole: fence, holds, rows, evidence, cursor, COMMIT. After the first that cannot go on,
 * none is begun any more. The names of the block's variables begin as no column of a site does: a variable wins
 * over a column of its name, also inside the site's own condition.
 */
import type { Dialect, Row, SqlValue, Statement } from '../session.ts'
import { holdsSignature } from '../own/holds.ts'

export interface FlatTransaction {
  readonly writes: readonly Statement[]
  readonly entryId: string
  /** Text of the entry before and after the number of rows. */
  readonly leaf: { readonly before: string; readonly after: string }
  readonly seq: bigint
}

/** What all transactions of a block share. */
export interface FlatBlock {
  readonly fence: { readonly name: string; readonly token: bigint }
  readonly run: string
  /** Name under which the cursor is kept. */
  readonly cursor: string
  readonly createdAt: string
  /** Kinds whose holds keep rows of this table, and the holds as they were when the statements were made. */
  readonly holds: { readonly kinds: readonly string[]; readonly signature: string }
}

export interface FlatAnswer {
  /** Rows of each transaction that committed, in order; shorter than asked when one could not go on. */
  readonly rows: readonly number[]
  /** `asked`: an operator wishes it to pause or to stop. `error`: `errno` says which. */
  readonly ended: 'all' | 'asked' | 'fenced' | 'holds changed' | 'error'
  readonly errno: number
  /** How long those that committed were open, by the server's clock, without waiting for the lease. */
  readonly milliseconds: number
}

export function flatBlock(
  dialect: Dialect,
  shared: FlatBlock,
  transactions: readonly FlatTransaction[],
): Statement {
  const parts = transactions.flatMap((one, i) => [
    ...(i === 0 ? [] : [asked(shared.run)]),
    transactionText(dialect, shared, one),
  ])
  return {
    text: `BEGIN NOT ATOMIC
DECLARE oubli_committed TEXT DEFAULT '';
DECLARE oubli_ended VARCHAR(20) DEFAULT 'all';
DECLARE oubli_failed INT DEFAULT 0;
DECLARE oubli_moved BIGINT DEFAULT 0;
DECLARE oubli_token_now BIGINT DEFAULT 0;
DECLARE oubli_since DATETIME(6) DEFAULT NULL;
DECLARE oubli_spent BIGINT DEFAULT 0;
DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN
GET DIAGNOSTICS CONDITION 1 oubli_failed = MYSQL_ERRNO;
ROLLBACK;
SELECT oubli_committed, 'error' AS oubli_ended, oubli_failed, oubli_spent;
END;
${parts.map((part) => part.text).join('\n')}
SELECT oubli_committed, oubli_ended, oubli_failed, oubli_spent;
END`,
    values: parts.flatMap((part) => part.values),
  }
}

/** Whoever begins a trip has asked before the first of its transactions. */
function asked(run: string): Statement {
  return {
    text: `IF EXISTS (SELECT 1 FROM oubli_control WHERE name IN ('pause', 'stop') AND value IN ('on', ?)) THEN
SET oubli_ended = IF(oubli_ended = 'all', 'asked', oubli_ended);
END IF;`,
    values: [run],
  }
}

function transactionText(dialect: Dialect, shared: FlatBlock, one: FlatTransaction): Statement {
  const { fence, holds } = shared
  const signature = holdsSignature(holds.kinds)
  const counted = one.writes.map(
    ({ text }) => `${dialect.withoutWaiting}${text};\nSET oubli_moved = oubli_moved + ROW_COUNT();`,
  )
  const values: SqlValue[] = [
    fence.name,
    fence.token,
    ...(signature === null ? [] : [...signature.values, holds.signature]),
    ...one.writes.flatMap((write) => write.values),
    ...[one.entryId, shared.run, shared.createdAt, one.leaf.before, one.leaf.after],
    ...[one.entryId, shared.createdAt],
    ...[shared.run, shared.cursor, one.seq, one.seq],
  ]
  return {
    text: `IF oubli_ended = 'all' THEN
START TRANSACTION;
SET oubli_moved = 0, oubli_token_now = 0;
SELECT token INTO oubli_token_now FROM oubli_lease WHERE name = ?${dialect.shareLock};
SET oubli_since = SYSDATE(6);
IF oubli_token_now <> ? THEN SET oubli_ended = 'fenced'; ROLLBACK;
${signature === null ? '' : `ELSEIF (${signature.text}) <> ? THEN SET oubli_ended = 'holds changed'; ROLLBACK;\n`}ELSE
${counted.join('\n')}
IF oubli_moved > 0 THEN
INSERT INTO oubli_entry (id, run_id, created_at, leaf) VALUES (?, ?, ?, CONCAT(?, oubli_moved, ?));
INSERT INTO oubli_waiting (entry_id, created_at) VALUES (?, ?);
INSERT INTO oubli_cursor (run_id, policy, seq) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE seq = ?;
END IF;
COMMIT;
SET oubli_committed = CONCAT(oubli_committed, oubli_moved, ','), oubli_spent = oubli_spent + TIMESTAMPDIFF(MICROSECOND, oubli_since, SYSDATE(6));
END IF;
END IF;`,
    values,
  }
}

export function readFlatAnswer(row: Row): FlatAnswer {
  const text = (name: string): string => {
    const value = row[name]
    return typeof value === 'string' ? value : ''
  }
  return {
    rows: text('oubli_committed').split(',').slice(0, -1).map(Number),
    ended: text('oubli_ended') as FlatAnswer['ended'],
    errno: Number(text('oubli_failed')),
    // A clock that is put back in between makes it less than nothing.
    milliseconds: Math.max(0, Number(text('oubli_spent')) / 1000),
  }
}
