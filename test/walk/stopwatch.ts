/** What each command of the walk costs: seconds, seconds of our own processor, statements and rows read on the server. */
import type { Database } from '../../db/session.ts'

interface Cost {
  readonly times: number
  readonly seconds: number
  readonly ours: number
  readonly statements: number
  readonly rows: number
}

export class Stopwatch {
  readonly #costs = new Map<string, Cost>()
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async time<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = await this.#read()
    try {
      return await work()
    } finally {
      const after = await this.#read()
      const so = this.#costs.get(name)
      this.#costs.set(name, {
        times: (so?.times ?? 0) + 1,
        seconds: (so?.seconds ?? 0) + after.seconds - before.seconds,
        ours: (so?.ours ?? 0) + after.ours - before.ours,
        statements: (so?.statements ?? 0) + after.statements - before.statements,
        rows: (so?.rows ?? 0) + after.rows - before.rows,
      })
    }
  }

  lines(): readonly string[] {
    const line = (...cells: readonly string[]): string =>
      cells.map((cell, i) => (i === 0 ? cell.padEnd(45) : cell.padStart(12))).join('')
    const number = (value: number, digits = 0): string => value.toFixed(digits)
    return [
      line('COMMAND', 'TIMES', 'SECONDS', 'OURS', 'STATEMENTS', 'ROWS READ'),
      ...[...this.#costs].map(([name, { times, seconds, ours, statements, rows }]) =>
        line(name, number(times), number(seconds, 1), number(ours, 1), number(statements), number(rows)),
      ),
    ]
  }

  async #read(): Promise<Omit<Cost, 'times'>> {
    const status = await this.#database.rows({
      text: `SHOW GLOBAL STATUS WHERE Variable_name LIKE 'Handler\\_read\\_%' OR Variable_name = 'Questions'`,
      values: [],
    })
    let [rows, statements] = [0, 0]
    for (const each of status) {
      const value = Number(each['Value'])
      if (each['Variable_name'] === 'Questions') statements = value
      else rows += value
    }
    const { user, system } = process.cpuUsage()
    return { seconds: performance.now() / 1000, ours: (user + system) / 1e6, statements, rows }
  }
}
