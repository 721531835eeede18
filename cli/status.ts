import type { Command } from 'commander'
import { status } from '../jobs/status.ts'
import { describeCommand, withContext, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'

/** `oubli status`: the last run, whether one is at work, and what was set aside. */
export function addStatus(program: Command, io: Io, done: Done): void {
  const command = program
    .command('status')
    .description('the last run, whether one is at work, and what was set aside')
  describeCommand(command, 'oubli status', [0, 1, 2]).action(async (options: CommonOptions) => {
    await withContext(io, options, async (ctx) => {
      const found = await status(ctx)
      if (options.json === true) io.out(JSON.stringify(found))
      else {
        const last = found.lastRun
        io.out(
          last === null
            ? 'No run yet.'
            : `Last run: ${last.asOf}, ${last.state}${last.whyStopped === null ? '' : ` (${last.whyStopped})`}`,
        )
        io.out(found.running ? 'A run is at work.' : 'No run is at work.')
        io.out(`Evidence: ${found.entries.sealed} entries sealed, ${found.entries.unsealed} waiting.`)
        if (found.setAside.length > 0)
          io.out(`Set aside: ${found.setAside.length} row(s), see docs/errors.md.`)
      }
      done(0)
    })
  })
}
