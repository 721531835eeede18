/** A sample of a mail, with made-up facts, for whoever writes or approves the texts. */
import type { Language } from '../policies/problem.ts'
import { warningContext, type WarningFacts } from './context.ts'
import { usualWarning } from './fixtures.ts'
import { renderMail, type RenderedMail, type Templates } from './render.ts'

export interface PreviewOptions {
  /** Null: as somebody whose language is not known gets it. */
  readonly locale: string | null
  readonly siteLanguage: Language
  readonly zone: string
  /** What is known of the real site; the rest is made up. */
  readonly facts?: Partial<WarningFacts>
}

/** Throws what `renderMail` throws. */
export function previewMail(
  templates: Templates,
  name: string,
  { locale, siteLanguage, zone, facts = {} }: PreviewOptions,
): RenderedMail {
  const sample = { ...usualWarning, ...facts }
  return renderMail(templates, name, locale, siteLanguage, (lang) => warningContext(sample, lang, zone))
}
