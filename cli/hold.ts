import type { Command } from 'commander'
import { activeHolds, endHold, setHold } from '../jobs/hold.ts'
import { prepare } from '../jobs/prepare.ts'
import { describeCommand, withContext, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'
import { keyOf } from './key.ts'
import { table } from './table.ts'

interface AddOptions extends CommonOptions {
  readonly matter: string
  readonly because: string
  readonly by: string
  readonly reviewBy: string
  readonly putBack?: boolean
}

const backText = 'What the log says of their erasure counts no more: no replay takes them again.'
const notBackText =
  'Nothing here says that a person with this key and identity was erased, so no replay would take them. If they were, put the columns of their identity back as they were, release this hold and set it again.'

/** `oubli hold add | release | list`: what a hold covers, no policy touches. */
export function addHold(program: Command, io: Io, done: Done): void {
  const hold = program.command('hold').description('legal holds: what a hold covers, no policy touches')
  const add = hold
    .command('add')
    .argument('<kind>')
    .argument('<key>', 'the key; a composite key as value,value')
    .requiredOption('--matter <name>', 'the case it belongs to')
    .requiredOption('--because <text>', 'the reason, for the officer who reviews it')
    .requiredOption('--by <name>', 'who sets it')
    .requiredOption('--review-by <day>', 'YYYY-MM-DD')
    .option('--put-back', 'they were erased wrongly and put back: no replay takes them again')
    .description('keep a person, whatever the policies say')
  describeCommand(
    add,
    'oubli hold add account 42 --matter 2026-17 --because "dispute" --by DPO --review-by 2027-05-01',
    [0, 1, 2, 4, 6],
  ).action(async (kind: string, key: string, options: AddOptions) => {
    await withContext(io, options, async (ctx) => {
      const { id, putBack } = await setHold(ctx, await prepare(ctx), {
        kind,
        key: keyOf(key),
        matter: options.matter,
        because: options.because,
        by: options.by,
        reviewBy: options.reviewBy,
        putBack: options.putBack === true,
      })
      const back = options.putBack === true ? { put_back: putBack } : {}
      if (options.json === true) io.out(JSON.stringify({ hold: id, ...back }))
      else {
        if (options.putBack === true) io.out(putBack ? backText : notBackText)
        io.out(`Hold ${id} is set.`)
      }
      done(0)
    })
  })
  const release = hold
    .command('release')
    .argument('<id>')
    .requiredOption('--by <name>', 'who releases it')
    .description('let the policies act again')
  describeCommand(release, 'oubli hold release 9f0c… --by DPO', [0, 1, 2, 4, 6]).action(
    async (id: string, options: CommonOptions & { readonly by: string }) => {
      await withContext(io, options, async (ctx) => {
        await endHold(ctx, id, options.by)
        io.out(options.json === true ? JSON.stringify({ released: id }) : `Hold ${id} is released.`)
        done(0)
      })
    },
  )
  describeCommand(hold.command('list').description('active holds'), 'oubli hold list', [0, 1, 2]).action(
    async (options: CommonOptions) => {
      await withContext(io, options, async (ctx) => {
        const holds = await activeHolds(ctx)
        if (options.json === true) io.out(JSON.stringify(holds))
        else {
          const columns = ['HOLD', 'KIND', 'MATTER', 'SET ON', 'REVIEW BY'].map((title) => ({ title }))
          for (const line of table(
            columns,
            holds.map((one) => [one.id, one.kind, one.matter, one.setAt.slice(0, 10), one.reviewBy]),
          ))
            io.out(line)
          io.out(`${holds.length} active hold(s)`)
        }
        done(0)
      })
    },
  )
}
