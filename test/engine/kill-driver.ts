/** The real command line in a process of its own, which sends itself a signal at a named place. */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../base/clock.ts'
import { onPoint } from '../../base/point.ts'
import { main } from '../../cli/main.ts'
import type { Blow } from './kill.ts'

const [blow, ...argv] = process.argv.slice(2)
const { point, time = 1, signal = 'SIGKILL', ahead = 0 } = JSON.parse(blow ?? '{}') as Partial<Blow>

// Beats come every twenty seconds; a test does not wait for one, it makes them come sooner.
const hurried = point === 'beat begun' || point === 'beat done'
if (hurried) {
  const slowly = setInterval
  globalThis.setInterval = (work: () => void) => slowly(work, 20)
}

let times = 0
onPoint(async (reached) => {
  if (hurried && reached === 'run begun') await sleep(500)
  if (reached !== point || (times += 1) !== time) return
  process.kill(process.pid, signal)
  // SIGKILL ends the process before this does; after SIGSTOP it goes on here when it is woken.
  if (signal === 'SIGKILL') await sleep(10_000)
})

process.exitCode = await main(argv, {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  input: () => Promise.resolve(''),
  env: {
    LANG: 'en',
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('OUBLI_'))),
  },
  cwd: process.cwd(),
  clock: () => systemClock() + ahead,
  random: (bytes) => randomBytes(bytes),
  stop: () => null,
})
