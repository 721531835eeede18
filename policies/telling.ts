/** What policies ask of templates, and the texts by which a stranger would know the site. Pure. */
import type { DataMap } from './data-map.ts'
import type { Policy } from './policy.ts'
import { toldAct, type ToldAct } from './told-act.ts'
import { templateFor, variantOf, type Variant } from './variant.ts'

type Named = Pick<DataMap, 'site' | 'controller'>

export interface TemplateUse {
  /** Names of templates that policies send after an erasure. */
  readonly lastMails: readonly string[]
  /** Warnings of policies that do not erase the account. */
  readonly otherActs: readonly {
    readonly template: string
    readonly variant: Variant
    readonly act: Exclude<ToldAct, 'erase'>
  }[]
  /** Texts that tell the site, where a policy sends discreet mails; null: they may be written out. */
  readonly hidden: readonly string[] | null
}

/** `map`: null where it cannot be read. */
export function templateUse(policies: readonly Policy[], map: DataMap | null): TemplateUse {
  const lastMails = policies.flatMap(({ warn }) => warn?.thenTell?.template ?? [])
  const otherActs = policies.flatMap((policy) => {
    const act = toldAct(policy)
    if (policy.warn === null || act === null || act === 'erase') return []
    const variant = variantOf(policy.warn)
    return [{ template: templateFor(policy.warn.template, variant), variant, act }]
  })
  const discreet = policies.some(({ warn }) => warn?.variant === 'discreet')
  return { lastMails, otherActs, hidden: discreet && map !== null ? tellingTexts(map) : null }
}

/** As they stand in the data map; of addresses the domain alone. None is empty. */
function tellingTexts({ site, controller }: Named): readonly string[] {
  const domains = hostsOf({ site, controller }).map((host) => domainOf(host).join('.'))
  return [...new Set([site.name, controller.name, ...domains])].filter((text) => text !== '')
}

/**
 * What of the site a name, a web address or a mail address gives away; null: nothing. `www.boutique.example` gives
 * away Boutique, and so does `hello@my-boutique.example`.
 */
export function tellingIn(value: string, { site, controller }: Named): string | null {
  if (plain(site.name) !== '' && plain(value).includes(plain(site.name))) return site.name
  const rest = withoutEnding(value)
  const holds = (word: string): boolean => {
    const text = plain(word)
    // A short word stands by chance in longer ones.
    if (text.length < 4)
      return text !== '' && rest.split(/[^\p{L}\p{N}]+/u).some((one) => plain(one) === text)
    return plain(rest).includes(text)
  }
  if (holds(controller.name.replace(legalForm, ''))) return controller.name
  // At a provider, the name before the @ tells: who looks for the address finds the site.
  if (isAtProvider(controller.contact) && value.toLowerCase() === controller.contact.toLowerCase())
    return controller.contact
  const host = hostsOf({ site, controller }).find((one) => holds(domainOf(one)[0] ?? ''))
  return host ?? null
}

/** Hosts that belong to whoever runs the site. */
function hostsOf({ site, controller }: Named): readonly string[] {
  const { contact } = controller
  return [hostOf(site.url), ...(isAtProvider(contact) ? [] : [hostOf(contact)])]
}

/**
 * Where millions have their mailbox, the domain says nothing of the site. Only the best known: one that is missing
 * refuses a neutral mailbox at the same provider, and one too many would let the site's own domain through.
 */
const providers: readonly string[] = [
  ...['gmail.com', 'googlemail.com', 'outlook.com', 'outlook.fr', 'hotmail.com', 'hotmail.fr', 'live.com'],
  ...['live.fr', 'yahoo.com', 'yahoo.fr', 'icloud.com', 'proton.me', 'protonmail.com', 'gmx.com', 'gmx.fr'],
  ...['orange.fr', 'wanadoo.fr', 'free.fr', 'sfr.fr', 'laposte.net', 'bbox.fr'],
]

function isAtProvider(address: string): boolean {
  return providers.includes(hostOf(address))
}

const legalForm =
  /[\s,]+(?:s\.?a\.?s?\.?u?|s\.?a\.?r\.?l\.?|eurl|sci|ltd\.?|limited|llc|inc\.?|plc|gmbh|ag|b\.?v\.?|srl)$/i

/** Without `www`, in small letters. */
function hostOf(address: string): string {
  const [, host = ''] = /^(?:[a-z]+:\/\/)?(?:[^/@]*@)?([^/:?#]*)/i.exec(address) ?? []
  return host.toLowerCase().replace(/^www\./, '')
}

/** Words under which registries give out names, as in `boutique.co.uk`. */
const shared = /^(?:co|com|org|net|gov|gouv|ac|edu|asso|nom|or|ne)$/

/** The part that somebody chose, and its ending: `['boutique', 'example']`. */
function domainOf(host: string): readonly string[] {
  const labels = host.split('.')
  const ending = labels.length > 2 && shared.test(labels.at(-2) ?? '') ? 2 : 1
  return labels.slice(-1 - ending)
}

/** `.example` says nothing of anybody. A name without a host stays as it is. */
function withoutEnding(value: string): string {
  if (!/^[a-z]+:\/\/|@/i.test(value)) return value
  const host = hostOf(value)
  const ending = domainOf(host).slice(1).join('.')
  return value.replace(host, ending === '' ? host : host.slice(0, -1 - ending.length))
}

/** Letters and digits alone, without accents. */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}
