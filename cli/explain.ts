import type { Command } from 'commander'
import { explain, type Explained } from '../jobs/explain.ts'
import { prepare } from '../jobs/prepare.ts'
import { describeCommand, withContext, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import { keyOf } from './key.ts'
import type { Done } from './main.ts'
import { day } from './table.ts'

/** `oubli explain KIND KEY`: what every policy says about one row, and when. */
export function addExplain(program: Command, io: Io, done: Done): void {
  const command = program
    .command('explain')
    .argument('<kind>')
    .argument('<key>', 'the key; a composite key as value,value')
    .description('say what every policy does with one person or row, when, and why')
  describeCommand(command, 'oubli explain account 42', [0, 1, 2]).action(
    async (kind: string, key: string, options: CommonOptions) => {
      await withContext(io, options, async (ctx) => {
        const explained = await explain(ctx, await prepare(ctx), kind, keyOf(key), await ctx.now())
        if (options.json === true) io.out(JSON.stringify(explained))
        else for (const line of explainLines(explained)) io.out(line)
        done(0)
      })
    },
  )
}

export function explainLines(explained: Explained): readonly string[] {
  const lines = [explained.reference]
  for (const one of explained.policies) {
    lines.push(`  ${one.policy}: ${one.state}. ${decisionWords(one.decision)}`)
    lines.push(`    ${one.tables.map(({ table, act }) => `${table}: ${act}`).join(', ')}`)
  }
  return lines
}

function decisionWords(decision: Explained['policies'][number]['decision']): string {
  switch (decision.act) {
    case 'due':
      return `Due since ${day(decision.dueFrom)} (notice: ${decision.notice}).`
    case 'warn':
      return `To be warned now; erasure announced for ${day(decision.announced)} at the earliest.`
    case 'spare':
      return `Kept: ${decision.reason}${decision.until === null ? '' : `, until ${day(decision.until)}`}.`
  }
}
