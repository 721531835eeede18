/** A site that is in use: four connections with a pause between any two requests, on recent rows of a flat table. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Place } from '../sql.ts'
import { connect, print, taskOf } from './program.ts'

export interface LoadTask extends Place {
  readonly seconds: number
  /** Keys that exist and are not due. */
  readonly from: number
  readonly to: number
}

export interface LoadReport {
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly most: number
  /** Requests that ended with an error: a deadlock, a lock that was waited for too long. Their times count too. */
  readonly failed: number
  /** What the first of them said; null: none failed. */
  readonly failure: string | null
}

const visitors = 4
const think = 4

const task = taskOf() as LoadTask
const end = performance.now() + task.seconds * 1000
const times: number[] = []
let failed = 0
let failure: string | null = null

async function visitor(): Promise<void> {
  const connection = await connect(task)
  while (performance.now() < end) {
    const id = task.from + Math.floor(Math.random() * (task.to - task.from))
    const from = performance.now()
    const kind = Math.random()
    try {
      if (kind < 0.7) await connection.query('SELECT * FROM page_views WHERE id = ?', [id])
      else if (kind < 0.9)
        await connection.query('UPDATE page_views SET isp = ? WHERE id = ?', [`isp${id % 97}`, id])
      else
        await connection.query(
          `INSERT INTO page_views (session_id, ip, user_agent, isp, url, visited_at)
           VALUES (?, '10.0.0.1', 'Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Firefox/125.0', 'OVH', '/x', UTC_TIMESTAMP())`,
          [id],
        )
    } catch (error) {
      failed += 1
      failure ??= String(error)
    }
    times.push(performance.now() - from)
    await sleep(think)
  }
  await connection.end()
}

await Promise.all(Array.from({ length: visitors }, visitor))
times.sort((a, b) => a - b)
const quantile = (share: number): number =>
  times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN
const report: LoadReport = {
  perSecond: times.length / task.seconds,
  p50: quantile(0.5),
  p95: quantile(0.95),
  p99: quantile(0.99),
  most: quantile(1),
  failed,
  failure,
}
print(report)
