import type { Command } from 'commander'
import { keepOnRequest } from '../jobs/keep.ts'
import { prepare } from '../jobs/prepare.ts'
import { describeCommand, language, withContext, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import { keyOf } from './key.ts'
import type { Done } from './main.ts'
import { nameOption } from './name-option.ts'
import { words } from './words.ts'

interface KeepOptions extends CommonOptions {
  readonly because: string
  readonly by: string
}

/** `oubli request keep`: what somebody asks by mail or by phone, because they cannot sign in. */
export function addRequest(program: Command, io: Io, done: Done): void {
  const request = program.command('request').description('what people ask by mail or by phone')
  const keep = request
    .command('keep')
    .argument('<kind>')
    .argument('<key>', 'the key; a composite key as value,value')
    .requiredOption(
      '--because <text>',
      'how they asked, for the officer; no more about the person than needed',
    )
    .requiredOption('--by <name>', 'who takes the request')
    .description('count a request to stay as a sign of life: warnings are void, the term begins anew')
  describeCommand(
    keep,
    'oubli request keep account 42 --because "phoned, cannot sign in" --by Support',
    [0, 1, 2, 4, 6],
  ).action(async (kind: string, key: string, options: KeepOptions) => {
    await withContext(io, options, async (ctx) => {
      const lang = language(io, options)
      const asked = { because: options.because, by: nameOption('--by', options.by) }
      const kept = await keepOnRequest(ctx, await prepare(ctx, lang), { kind, key: keyOf(key), ...asked })
      if (options.json === true)
        io.out(
          JSON.stringify({
            request: kept.request,
            policies: kept.policies.map(({ policy, lastDay }) => ({ policy, last_day: lastDay })),
          }),
        )
      else {
        for (const { policy, lastDay: day } of kept.policies)
          io.out(`  ${words(lang, '{policy}: kept at least until the end of {day}', { policy, day })}`)
        io.out(words(lang, 'Request {id} is recorded; every warning is void.', { id: kept.request }))
      }
      done(0)
    })
  })
}
