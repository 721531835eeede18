import type { Command } from 'commander'
import { schedule } from '../jobs/schedule.ts'
import { describeCommand, withContext, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'

/** `oubli schedule`: stays, and runs each job at its slot, also beside others on other hosts. */
export function addSchedule(program: Command, io: Io, done: Done): void {
  const command = program
    .command('schedule')
    .description('stay and run each job at its time; several hosts may do so')
  describeCommand(command, 'oubli schedule --config /etc/oubli/oubli.yml', [0, 1, 2]).action(
    async (options: CommonOptions) => {
      await withContext(io, options, async (ctx) => {
        io.err(`Waiting for the next slot (${ctx.settings.schedule.zone}). End with SIGTERM.`)
        await schedule(ctx, stopped(io))
        const why = io.stop() ?? 'asked to end'
        io.out(options.json === true ? JSON.stringify({ why_stopped: why }) : `why stopped: ${why}`)
        done(0)
      })
    },
  )
}

/** Resolves within half a second after the process was asked to end. */
async function stopped(io: Io): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (io.stop() === null) return
      clearInterval(timer)
      resolve()
    }, 500)
  })
}
