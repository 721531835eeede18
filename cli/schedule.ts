import type { Command } from 'commander'
import { schedule } from '../jobs/schedule.ts'
import { describeCommand, withReason, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'

/** `oubli schedule`: stays, and runs each job at its slot, also beside others on other hosts. */
export function addSchedule(program: Command, io: Io, done: Done): void {
  const command = program
    .command('schedule')
    .description('stay and run each job at its time; several hosts may do so')
  describeCommand(command, 'oubli schedule --config /etc/oubli/oubli.yml', [0, 1, 2, 4]).action(
    async (options: CommonOptions) => {
      await withReason(io, options, async (ctx) => {
        io.err(`Waiting for the next slot (${ctx.settings.schedule.zone}). End with SIGTERM.`)
        const wish = wishToEnd(io)
        // A schedule that is refused must not keep the process waiting for that wish.
        await schedule(ctx, wish.comes).finally(wish.forget)
        const why = io.stop() ?? 'asked to end'
        io.out(options.json === true ? JSON.stringify({ why_stopped: why }) : `why stopped: ${why}`)
        done(0)
      })
    },
  )
}

/** Comes within half a second after the process was asked to end. */
function wishToEnd(io: Io): { readonly comes: Promise<void>; readonly forget: () => void } {
  let timer: NodeJS.Timeout | undefined
  const comes = new Promise<void>((resolve) => {
    timer = setInterval(() => {
      if (io.stop() !== null) resolve()
    }, 500)
  })
  const forget = (): void => {
    clearInterval(timer)
  }
  return { comes, forget }
}
