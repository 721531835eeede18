import type { Command } from 'commander'
import { readSources, templateNames } from '../jobs/prepare.ts'
import { lint } from '../policies/lint.ts'
import { renderProblem } from '../policies/problem-texts.ts'
import { templateUse } from '../policies/telling.ts'
import { checkTemplates, type TemplateProblem } from '../templates/check.ts'
import { loadTemplates } from '../templates/render.ts'
import { describeCommand, language, settingsOf, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'
import { roadLines } from './road.ts'

/** `oubli lint`: every problem of every policy file at once; needs no database. */
export function addLint(program: Command, io: Io, done: Done): void {
  const command = program
    .command('lint')
    .description('check policies, data map and templates, without a database')
  describeCommand(command, 'oubli lint --lang fr', [0, 2]).action(async (options: CommonOptions) => {
    const lang = language(io, options)
    const sources = await readSources(await settingsOf(io, options))
    const { problems, policies, dataMap } = lint({
      dataMap: sources.dataMap,
      policies: sources.policies,
      templates: templateNames(sources.templates),
    })
    const templates = checkTemplates(loadTemplates(sources.templates), templateUse(policies, dataMap))
    const errors = problems.filter((problem) => problem.severity === 'error').length + templates.length
    if (options.json === true) io.out(JSON.stringify({ policies: policies.length, problems, templates }))
    else {
      for (const problem of problems) io.out(renderProblem(problem, lang))
      for (const problem of templates) io.out(templateLine(problem))
      if (errors === 0) for (const line of roadLines('linted', lang)) io.out(line)
      const warnings = problems.filter((problem) => problem.severity === 'warning').length
      io.out(
        lang === 'fr'
          ? `${policies.length} règles lues : ${errors} erreur(s), ${warnings} avertissement(s)`
          : `${policies.length} policies read: ${errors} error(s), ${warnings} warning(s)`,
      )
    }
    done(errors > 0 ? 2 : 0)
  })
}

/** As the problems of policies stand: where, code, what, what to do. */
function templateLine({ file, code, message, remedy }: TemplateProblem): string {
  const what = message.startsWith(`${file}: `) ? message.slice(file.length + 2) : message
  return `${file}  ${code}  ${what}. ${remedy}`
}
