/** One mail to a person who does not exist, from the policies and templates as they stand. */
import type { Instant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import type { Settings } from '../config/settings.ts'
import { addDays, civilDate, startOfDay } from '../plan/civil.ts'
import type { DataMap } from '../policies/data-map.ts'
import type { Policy, Warn } from '../policies/policy.ts'
import type { Language } from '../policies/problem.ts'
import { templateFor, variantOf, type Variant } from '../policies/variant.ts'
import { warningContext } from '../templates/context.ts'
import { lastMailContext } from '../templates/last-mail.ts'
import { loadTemplates, renderMail, type RenderedMail } from '../templates/render.ts'
import { mailSender } from './mail-sender.ts'
import { lintOrThrow, readSources } from './prepare.ts'
import { warningWords, type WarningWords } from './warning-words.ts'

export interface PreviewOptions {
  /** Null: the first policy that warns. */
  readonly policy: string | null
  /** Null: that of the policy. */
  readonly variant: Variant | null
  /** The mail after the erasure in place of the first warning. */
  readonly last: boolean
  readonly lang: Language
}

export interface Preview extends RenderedMail {
  /** `Name <address>`, as far as the settings say it. */
  readonly from: string
}

export async function previewMail(
  settings: Settings,
  { policy: id, variant: asked, last, lang }: PreviewOptions,
  now: Instant,
): Promise<Preview> {
  const sources = await readSources(settings)
  const { policies, dataMap } = lintOrThrow(sources, lang)
  const policy = policies.find((one) => one.warn !== null && (id === null || one.id === id))
  if (policy?.warn == null)
    throw new OubliError(
      'policy',
      'E_NO_WARNING',
      'no policy of that name warns anybody',
      'Name a policy with a `warn:` section.',
    )
  const { warn } = policy
  const variant = asked ?? variantOf(warn)
  requireNames(dataMap, variant)
  const made: Made = { policy, warn, variant, dataMap, words: warningWords(policy, dataMap, policies), now }
  const mail = last ? lastMail(made) : firstWarning(made)
  const templates = loadTemplates(sources.templates)
  const rendered = renderMail(templates, mail.template, lang, settings.mail.language, mail.contextIn)
  return { from: senderText(settings, made), ...rendered }
}

/** What a mail to nobody is made of. */
interface Made {
  readonly policy: Policy
  readonly warn: Warn
  readonly variant: Variant
  readonly dataMap: DataMap
  readonly words: WarningWords
  readonly now: Instant
}

function requireNames({ site }: DataMap, variant: Variant): void {
  if (variant === 'discreet' && site.discreet === undefined)
    throw new OubliError(
      'policy',
      'E_DISCREET_WITHOUT_NAME',
      'a discreet mail needs a neutral name, and the data map gives none',
      'Add `site: { discreet: { name: …, url: …, contact: … } }` to the data map.',
    )
}

function senderText({ mail }: Settings, { policy, variant, dataMap }: Made): string {
  if (mail.from.address === null) return ''
  const { from } = mailSender(mail, dataMap.site, policy.id, variant)
  return from.name === '' ? from.address : `${from.name} <${from.address}>`
}

function firstWarning({ policy, warn, variant, dataMap, words, now }: Made) {
  const announced = startOfDay(addDays(civilDate(now, dataMap.zone), warn.daysBefore[0] ?? 0), dataMap.zone)
  return {
    template: templateFor(warn.template, variant),
    contextIn: (lang: Language) =>
      warningContext(
        {
          ...{ site: dataMap.site, controller: dataMap.controller, variant, ...words },
          ...{ name: 'Camille', announced, earlier: null, step: 0, lastStep: false },
          lastSignIn: now - 3 * 365 * 86_400_000,
          signedUp: now - 6 * 365 * 86_400_000,
          unusedFor: policy.keepAtMost ?? { years: 0, months: 0, weeks: 0, days: 0, hours: 0 },
          thenTellWithin: warn.thenTell?.withinDays ?? null,
        },
        lang,
        dataMap.zone,
      ),
  }
}

function lastMail({ warn, variant, dataMap: { site, controller, zone }, words: { stays }, now }: Made) {
  const { thenTell } = warn
  if (thenTell === undefined)
    throw new OubliError(
      'policy',
      'E_NO_LAST_MAIL',
      'this policy sends no mail after the erasure',
      'Add `then_tell: { template: erased, within: 5 days }` to its `warn:` section.',
    )
  const facts = { site, controller, variant, stays, erased: now, within: thenTell.withinDays }
  return {
    template: thenTell.template,
    contextIn: (lang: Language) => lastMailContext(facts, lang, zone),
  }
}
