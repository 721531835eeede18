/** Who a mail is from, as far as its variant says so. */
import type { Site } from '../policies/data-map.ts'
import type { Variant } from '../policies/variant.ts'

export interface Controller {
  readonly name: string
  readonly contact: string
  readonly dpo: string
}

export interface Sender {
  readonly siteName: string
  readonly siteUrl: string
  readonly controllerName: string
  readonly contact: string
  readonly dpo: string
  /** The names above are neutral ones: they do not tell which site it is. */
  readonly neutral: boolean
}

/** A discreet mail knows nothing but its neutral names. Lint asks for them, so that they are there. */
export function senderIn(
  { site, controller }: { readonly site: Site; readonly controller: Controller },
  variant: Variant,
): Sender {
  if (variant !== 'discreet')
    return {
      siteName: site.name,
      siteUrl: site.url,
      controllerName: controller.name,
      contact: controller.contact,
      dpo: controller.dpo,
      neutral: false,
    }
  if (site.discreet === undefined) throw new Error('a discreet mail needs neutral names')
  const { name, url, contact } = site.discreet
  return { siteName: name, siteUrl: url, controllerName: name, contact, dpo: contact, neutral: true }
}
