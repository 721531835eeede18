/** Plain connections to the server of the benchmark: for its tables, its peers and its readings; never for Oubli. */
import { createConnection, type Connection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise'

/** Where the server of the benchmark listens; root without a password. */
export interface Place {
  readonly port: number
  readonly database: string
}

export interface Sql {
  /** Every value as text or null. */
  rows(text: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, string | null>>[]>
  /** First column of the first row as a number; NaN without a row. */
  number(text: string, values?: readonly unknown[]): Promise<number>
  /** One or more statements; resolves with the rows that the last one matched. */
  run(text: string, values?: readonly unknown[]): Promise<number>
  close(): Promise<void>
}

export function plainConnection({ port, database }: Place): Promise<Connection> {
  return createConnection({
    host: '127.0.0.1',
    port,
    user: 'root',
    database,
    multipleStatements: true,
    dateStrings: true,
    supportBigNumbers: true,
    timezone: 'Z',
  })
}

export async function openSql(place: Place): Promise<Sql> {
  const connection = await plainConnection(place)
  const rows: Sql['rows'] = async (text, values = []) => {
    const [found] = await connection.query<RowDataPacket[]>(text, [...values])
    return found.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]),
      ),
    )
  }
  return {
    rows,
    number: async (text, values) => {
      const [row] = await rows(text, values)
      return Number(row === undefined ? NaN : Object.values(row)[0])
    },
    run: async (text, values = []) => {
      const [done] = await connection.query<ResultSetHeader | ResultSetHeader[]>(text, [...values])
      return (Array.isArray(done) ? done.at(-1) : done)?.affectedRows ?? 0
    },
    close: () => connection.end(),
  }
}
