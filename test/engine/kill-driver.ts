/** The real command line that kills itself, as `kill -9` would, the first time that it reaches a named place. */
import { randomBytes } from 'node:crypto'
import { systemClock } from '../../base/clock.ts'
import { main } from '../../cli/main.ts'

const [point, ahead, ...argv] = process.argv.slice(2)

process.exitCode = await main(argv, {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  input: () => Promise.resolve(''),
  env: { LANG: 'en' },
  cwd: process.cwd(),
  clock: () => systemClock() + Number(ahead),
  random: (bytes) => randomBytes(bytes),
  stop: () => null,
  point: async (reached) => {
    if (reached !== point) return
    process.kill(process.pid, 'SIGKILL')
    // The signal ends the process before this does.
    await new Promise(() => setTimeout(() => undefined, 10_000))
  },
})
