/** One warning to a person who does not exist, from the policies and templates as they stand. */
import type { Instant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import type { Settings } from '../config/settings.ts'
import { addDays, civilDate, startOfDay } from '../plan/civil.ts'
import type { Language } from '../policies/problem.ts'
import { warningContext } from '../templates/context.ts'
import { loadTemplates, renderMail, type RenderedMail } from '../templates/render.ts'
import { lintOrThrow, readSources } from './prepare.ts'
import { warningWords } from './warning-words.ts'

export async function previewWarning(
  settings: Settings,
  policyId: string | null,
  lang: Language,
  now: Instant,
): Promise<RenderedMail> {
  const sources = await readSources(settings)
  const { policies, dataMap } = lintOrThrow(sources, lang)
  const policy = policies.find((one) => one.warn !== null && (policyId === null || one.id === policyId))
  if (policy?.warn == null)
    throw new OubliError(
      'policy',
      'E_NO_WARNING',
      'no policy of that name warns anybody',
      'Name a policy with a `warn:` section.',
    )
  const announced = startOfDay(
    addDays(civilDate(now, dataMap.zone), policy.warn.daysBefore[0] ?? 0),
    dataMap.zone,
  )
  return renderMail(
    loadTemplates(sources.templates),
    policy.warn.template,
    lang,
    settings.mail.language,
    (language) =>
      warningContext(
        {
          site: dataMap.site,
          controller: dataMap.controller,
          name: 'Camille',
          announced,
          lastSignIn: now - 3 * 365 * 86_400_000,
          signedUp: now - 6 * 365 * 86_400_000,
          unusedFor: policy.keepAtMost ?? { years: 0, months: 0, weeks: 0, days: 0, hours: 0 },
          ...warningWords(policy, dataMap, policies),
          step: 0,
          lastStep: false,
        },
        language,
        dataMap.zone,
      ),
  )
}
