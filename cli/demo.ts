import { Option, type Command } from 'commander'
import { join, resolve } from 'node:path'
import { OubliError } from '../base/errors.ts'
import { readTextIfThere } from '../config/files.ts'
import { describeCommand, type CommonOptions } from './command.ts'
import { tellStory } from './demo-story.ts'
import type { Io } from './io.ts'
import type { CommandLine, Done } from './main.ts'

/** `oubli demo`: the main job on a sample shop in an embedded database, with real commands. */
export function addDemo(program: Command, io: Io, done: Done, oubli: CommandLine): void {
  const command = program
    .command('demo')
    .description('the main job on a sample shop in an embedded database; touches nothing of yours')
    .option(
      '--folder <path>',
      'where to put it; must not exist yet, unless an earlier demo made it',
      'oubli-demo',
    )
    .addOption(new Option('--people <number>', 'size of the shop').default('2000'))
  describeCommand(command, 'oubli demo', [0, 1, 2]).action(
    async (options: CommonOptions & { readonly folder: string; readonly people: string }) => {
      const people = Number(options.people)
      if (!Number.isInteger(people) || people < 50 || people > 100_000)
        throw new OubliError(
          'settings',
          'E_PEOPLE',
          '--people: expected a whole number from 50 to 100000',
          'Leave it out for 2000.',
        )
      const folder = resolve(io.cwd, options.folder)
      const marker = await readTextIfThere(join(folder, 'made-by-oubli-demo'))
      const stage = options.json === true ? { ...io, out: io.err } : io
      const code = await tellStory(stage, oubli, folder, people, marker !== null)
      if (options.json === true) io.out(JSON.stringify({ folder, proved: code === 0 }))
      done(code)
    },
  )
}
