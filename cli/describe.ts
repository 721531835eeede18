import type { Command } from 'commander'
import { lintOrThrow, readSources } from '../jobs/prepare.ts'
import { requirePolicy } from '../jobs/require-policy.ts'
import { describePolicy } from '../policies/describe.ts'
import { describeCommand, language, settingsOf, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'

/** `oubli describe [policy]`: each policy as one or two plain sentences. */
export function addDescribe(program: Command, io: Io, done: Done): void {
  const command = program
    .command('describe')
    .argument('[policy]')
    .description('say each policy in plain words')
  describeCommand(command, 'oubli describe inactive-accounts --lang fr', [0, 2]).action(
    async (wanted: string | undefined, options: CommonOptions) => {
      const lang = language(io, options)
      const { policies, dataMap } = lintOrThrow(await readSources(await settingsOf(io, options)), lang)
      requirePolicy(policies, wanted ?? null)
      const chosen = policies.filter((policy) => wanted === undefined || policy.id === wanted)
      const said = chosen.map((policy) => ({
        policy: policy.id,
        text: describePolicy(policy, dataMap, lang, policies),
      }))
      if (options.json === true) io.out(JSON.stringify(said))
      else for (const { policy, text } of said) io.out(`${policy}\n  ${text}`)
      done(0)
    },
  )
}
