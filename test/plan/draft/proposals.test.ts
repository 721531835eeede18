/**
 * What is proposed for whole sites, word by word, beside the files under `proposed/`, which a person has read.
 * `OUBLI_WRITE_PROPOSALS=1` writes them anew; read what git then shows as changed.
 */
import { expect } from 'chai'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../../db/connect.ts'
import { sampleShopTables } from '../../../db/sample-shop/schema.ts'
import { seedSampleShop } from '../../../db/sample-shop/seed.ts'
import type { Database } from '../../../db/session.ts'
import { lookAt, type Seen } from '../../../jobs/init.ts'
import { draftOf, linksToSample, wantedOf } from '../../../plan/draft/build.ts'
import { differenceOf, isEmpty } from '../../../plan/draft/difference.ts'
import { linksOf } from '../../../plan/draft/links.ts'
import { prefixOf } from '../../../plan/draft/names.ts'
import { differenceText, mapText } from '../../../plan/draft/write-map.ts'
import { policyText } from '../../../plan/draft/write-policy.ts'
import type { DataMap } from '../../../policies/data-map.ts'
import { parseDataMap } from '../../../policies/parse-data-map.ts'
import { monday } from '../../cli/lab.ts'
import { foreignSites, type ForeignSite } from '../../jobs/init/foreign-sites.ts'
import { declaredSite, jsonSite } from '../../jobs/init/more-sites.ts'
import { build } from '../../jobs/init/site.ts'

const folder = 'test/plan/draft/proposed'
const anew = process.env['OUBLI_WRITE_PROPOSALS'] === '1'
const about = { name: 'Boutique', contact: 'privacy@boutique.example', zone: 'Europe/Paris' }

const filled = (site: ForeignSite) => (database: Database) => build(database, site, 'zqmark')
const sites: Readonly<Record<string, (database: Database) => Promise<void>>> = {
  forum: filled(foreignSites.forum),
  blog: filled(foreignSites.blog),
  base: filled(foreignSites.base),
  json: filled(jsonSite),
  'declared-keys': filled(declaredSite),
  'sample-shop': async (database) => {
    for (const text of sampleShopTables(database.dialect)) await database.run({ text, values: [] })
    await seedSampleShop(database, { now: monday, people: 60 })
  },
}

/** Once for a process: what is tried here begins after the looking. */
const seen = new Map<string, Promise<Seen>>()
function seenAt(name: string): Promise<Seen> {
  const known = seen.get(name) ?? lookOnce(name)
  seen.set(name, known)
  return known
}

async function lookOnce(name: string): Promise<Seen> {
  const place = mkdtempSync(join(tmpdir(), 'oubli-proposals-'))
  const database = await openDatabase({ client: 'sqlite', file: join(place, 'site.db') })
  try {
    await sites[name]?.(database)
    return await lookAt(database)
  } finally {
    await database.close()
    rmSync(place, { recursive: true })
  }
}

/** What is looked for in the rows, as text. */
function lookedFor({ schema, samples }: Seen): string {
  const lines = [...schema.values()].map((table) => {
    const { words, pair, jsonKeys, jsonNames } = wantedOf(schema, table)
    return JSON.stringify({ table: table.name, words: [...words], pair, keys: [jsonKeys, [...jsonNames]] })
  })
  const links = linksToSample(schema, samples).map((link) => JSON.stringify(link))
  return [...lines, ...links, ''].join('\n')
}

function proposedFor(
  found: Seen,
  known: { readonly map: DataMap; readonly text: string } | null,
): Map<string, string> {
  const draft = draftOf({ ...found, known: known?.map ?? null })
  const person = (kind: string): boolean => draft.kinds.some((one) => one.name === kind && one.subject)
  if (known === null)
    return new Map([
      ...draft.policies.map((one) => [`${one.name}.yml`, policyText(one, person(one.kind), 'en')] as const),
      ['data-map.yml', mapText(draft, about, 'en')],
      ['looked-for.txt', lookedFor(found)],
    ])
  const { schema, samples } = found
  const links = linksOf(schema, prefixOf(schema), samples)
  const difference = differenceOf(draft, known.map, known.text, {
    schema,
    samples,
    links,
    fresh: draftOf({ ...found, known: null }),
  })
  const policies = difference.policies.map((one) => policyText(one, person(one.kind), 'en'))
  return new Map([
    ['additions.txt', isEmpty(difference) ? 'nothing\n' : differenceText(difference, policies, 'en')],
  ])
}

function compare(name: string, found: ReadonlyMap<string, string>): void {
  const at = join(folder, name)
  if (anew) {
    rmSync(at, { recursive: true, force: true })
    mkdirSync(at, { recursive: true })
    for (const [file, text] of found) writeFileSync(join(at, file), text)
  }
  expect([...found.keys()].sort()).to.deep.equal(readdirSync(at).sort())
  for (const [file, text] of found) expect(text, file).to.equal(readFileSync(join(at, file), 'utf8'))
}

function parsed(text: string): { readonly map: DataMap; readonly text: string } {
  const { dataMap, problems } = parseDataMap({ path: 'data-map.yml', text })
  if (dataMap === null) throw new Error(JSON.stringify(problems))
  return { map: dataMap, text }
}

/** A map of which a person kept one kind, with two of its columns. */
const begun: Readonly<Record<string, string>> = {
  forum: `controller: { name: Boutique, contact: privacy@boutique.example, dpo: dpo@boutique.example }
site: { name: Boutique, url: https://boutique.example }
zone: Europe/Paris
stored_in: UTC
kinds:
  member:
    table: membres
    key: membre_no
    identity: [membre_no, inscrit_le]
    subject: true
    events:
      last_activity:
        label: { en: the last activity, fr: la dernière activité }
        column: derniere_connexion
        format: epoch seconds
        slides: by the person
    personal:
      pseudo: blank
      mail: unique_address
out_of_scope:
  visites: Counted elsewhere.
#   sujets: told before
#   member.cp: told before
`,
}

describe('the proposal for', () => {
  for (const name of Object.keys(sites)) {
    it(`${name} is the one that was read`, async () => {
      compare(name, proposedFor(await seenAt(name), null))
    })

    it(`${name} leaves nothing to add to itself`, async () => {
      const found = await seenAt(name)
      const text = proposedFor(found, null).get('data-map.yml') ?? ''
      compare(`${name}-again`, proposedFor(found, parsed(text)))
    })
  }

  for (const [name, text] of Object.entries(begun))
    it(`${name} adds to a map that was begun`, async () => {
      compare(`${name}-begun`, proposedFor(await seenAt(name), parsed(text)))
    })
})
