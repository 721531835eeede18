/** Five columns of each due row rewritten, one of them an indexed unique address. */
import { install } from '../installation.ts'
import { fromRounds, type Outcome } from '../outcome.ts'
import { commitSize } from '../pace.ts'
import { startCall } from '../peers.ts'
import { pairedRounds, type Bench, type Contender, type Stage } from '../rounds.ts'
import { startOwn } from '../running.ts'
import { openSql, type Sql } from '../sql.ts'
import { measuredTable, timesOf } from '../tables.ts'

const sizes = { full: 2_000_000, quick: 300_000 }
/** Below this share of what is due, all of it is as before again. */
const enough = { full: 0.3, quick: 0.5 }

export async function anonymise(bench: Bench): Promise<Outcome> {
  const rows = bench.quick ? sizes.quick : sizes.full
  const due = rows / 2
  const place = { port: bench.server.port, database: 'bench_anonymise' }
  const sql = await bench.server.schema(place.database)
  bench.say(`building a table of ${rows} rows`)
  await create(sql, rows)
  const [row] = await sql.rows('SELECT UTC_TIMESTAMP() - INTERVAL 3 YEAR AS bound')
  const bound = row?.['bound'] ?? ''
  const installation = await install(bench.folder, { ...place, kinds, policies: { customers: policy } })
  bench.say(`letting Oubli observe ${due} due rows, approving`)
  await installation.approve()
  const peer = await openSql(place)
  const contenders: readonly Contender[] = [
    {
      name: 'Oubli',
      start: () => installation.start(['run', '--policy', 'customers']),
      seconds: bench.window,
    },
    {
      name: 'stored procedure',
      start: () => startCall(peer, 'anonymise_loop', bound, bench.window),
      seconds: bench.window,
    },
    {
      name: 'JavaScript',
      start: () => startOwn('rewrite-in-javascript', { ...place, bound, size: commitSize }),
      seconds: bench.window,
    },
  ]
  const stage = stageOf(bench, sql, bound, due, () => installation.approveAgain())
  const rounds = await pairedRounds(bench, stage, contenders)
  await peer.close()
  return {
    tables: [measuredTable('rows', rounds), timesOf('rows', due, rounds)],
    figures: {
      'anonymise.procedure': fromRounds(rounds, 'Oubli', 'stored procedure', (m) => m.rate),
      'anonymise.javascript': fromRounds(rounds, 'Oubli', 'JavaScript', (m) => m.rate),
    },
    notes: [],
    rounds,
  }
}

function stageOf(
  bench: Bench,
  sql: Sql,
  bound: string,
  due: number,
  approveAgain: () => Promise<void>,
): Stage {
  const left = (): Promise<number> =>
    sql.number('SELECT COUNT(*) FROM customers WHERE ended_at < ? AND anonymised_at IS NULL', [bound])
  return {
    left,
    ready: async () => {
      const now = await left()
      if (now >= (bench.quick ? enough.quick : enough.full) * due) return
      bench.say(`writing ${due - now} rows as they were`)
      await sql.run(`UPDATE kept k STRAIGHT_JOIN customers c ON c.id = k.id
        SET c.email = k.email, c.full_name = k.full_name, c.phone = k.phone, c.city = k.city, c.birth = k.birth,
          c.anonymised_at = NULL
        WHERE c.anonymised_at IS NOT NULL`)
      await approveAgain()
    },
  }
}

/** Every second customer is due. */
async function create(sql: Sql, rows: number): Promise<void> {
  await sql.run(`CREATE TABLE customers (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      email VARCHAR(190) NOT NULL, full_name VARCHAR(120) NOT NULL, phone VARCHAR(32) NULL, city VARCHAR(60) NOT NULL,
      birth DATE NULL, total DECIMAL(10,2) NOT NULL, ended_at DATETIME NOT NULL, anonymised_at DATETIME NULL)
      ENGINE = InnoDB;
    INSERT INTO customers SELECT seq, CONCAT('user', seq, '@example', seq % 97, '.org'),
      CONCAT('First', seq % 1000, ' Last', seq), CONCAT('+336', LPAD(seq, 8, '0')), ELT(1 + seq % 3, 'Lyon', 'Lille', 'Brest'),
      '1980-01-01' + INTERVAL seq % 9000 DAY, seq % 500 + 0.99,
      UTC_TIMESTAMP() - INTERVAL IF(seq % 2 = 0, 60, 12) MONTH + INTERVAL seq SECOND, NULL FROM seq_1_to_${rows};
    ALTER TABLE customers ADD UNIQUE KEY emails (email), ADD KEY ended (ended_at);
    CREATE TABLE kept (PRIMARY KEY (id)) SELECT * FROM customers WHERE id % 2 = 0;
    ANALYZE TABLE customers`)
  await sql.run(`CREATE PROCEDURE anonymise_loop(IN bound DATETIME, IN seconds DOUBLE)
    BEGIN
      DECLARE a, z BIGINT;
      DECLARE began DOUBLE DEFAULT UNIX_TIMESTAMP(SYSDATE(3));
      SELECT MIN(id), MAX(id) INTO a, z FROM customers FORCE INDEX (ended)
        WHERE ended_at < bound AND anonymised_at IS NULL;
      WHILE a <= z AND UNIX_TIMESTAMP(SYSDATE(3)) - began < seconds DO
        UPDATE customers SET email = CONCAT(LOWER(HEX(RANDOM_BYTES(12))), '@erased.invalid'), full_name = '',
          phone = NULL, birth = CONCAT(LEFT(CAST(birth AS CHAR), 4), '-01-01'), city = 'somewhere', anonymised_at = UTC_TIMESTAMP()
          WHERE id BETWEEN a AND a + ${2 * commitSize - 1} AND ended_at < bound AND anonymised_at IS NULL;
        SET a = a + ${2 * commitSize};
      END WHILE;
    END`)
}

const kinds = `  customer:
    table: customers
    key: id
    events:
      ended: { column: ended_at }
    personal: { email: unique_address, full_name: blank, phone: null, birth: year, city: { fixed: somewhere } }
    exempt: { total: A sum without a name. }
    done: { anonymise: anonymised_at }
`

const policy = `promise: prospects
data: customer
keep_at_most: 3 years
counted_from: ended
then: anonymise
per_run: { rows: 1000000 }
`
