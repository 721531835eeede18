import type { Command } from 'commander'
import { approve } from '../jobs/approve.ts'
import { prepare } from '../jobs/prepare.ts'
import { describeCommand, withContext, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'
import { day, number } from './table.ts'

/** `oubli approve FINGERPRINT`: lets this very plan act for seven days, up to the counts found now. */
export function addApprove(program: Command, io: Io, done: Done): void {
  const command = program
    .command('approve')
    .argument('<fingerprint>', 'as `oubli plan` prints it; its first 8 characters are enough')
    .description('let this very plan act, for seven days and up to the counts found now')
    .option('--by <name>', 'who approves; stays in the database and is not verified')
  describeCommand(command, 'oubli approve 3f9c2a71 --by DPO', [0, 1, 2, 4]).action(
    async (fingerprint: string, options: CommonOptions & { readonly by?: string }) => {
      await withContext(io, options, async (ctx) => {
        const approval = await approve(ctx, await prepare(ctx), fingerprint, options.by ?? null)
        if (options.json === true) io.out(JSON.stringify(approval))
        else {
          for (const [policy, most] of Object.entries(approval.most))
            io.out(`${policy}: up to ${number(most)}`)
          io.out(`Approved until ${day(approval.until)}. The next run may act.`)
        }
        done(0)
      })
    },
  )
}
