/** What is read of a row before it is judged, and in which order a policy walks over its rows. */
import { expect } from 'chai'
import { keyText } from '../../base/subject-ref.ts'
import { insertKept } from '../../db/own/kept.ts'
import type { Database } from '../../db/session.ts'
import type { EnginePorts } from '../../engine/ports.ts'
import { readFacts } from '../../engine/read-rows.ts'
import { lookAhead, pageSize, readAhead, walk } from '../../engine/walk.ts'
import type { CompiledPolicy } from '../../plan/compiled.ts'
import type { Facts, WarningFact } from '../../plan/facts.ts'
import type { Warn } from '../../policies/policy.ts'
import { eachDatabase } from '../databases.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { asOf, createLab, due, fresh, insert, sql, type Lab } from './lab.ts'

const day = 86_400_000
const warn: Warn = {
  when: 'before the term',
  daysBefore: [30, 7],
  minimumNoticeDays: 7,
  template: 'inactivity-warning',
  ifUnreachable: 'a person decides',
  noAddress: 'a person decides',
}
const hash = 'a'.repeat(64)

async function site(
  database: Database,
  contact = { name: 'called', locale: 'speaks' } as Contact,
): Promise<Lab> {
  const lab = await createLab(database, {
    tables: [
      'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(190) NULL, called VARCHAR(50) NULL, speaks VARCHAR(5) NULL, born_at DATETIME NOT NULL, seen_at DATETIME NULL)',
      'CREATE INDEX users_seen ON users (seen_at)',
      'CREATE INDEX users_born ON users (born_at)',
      'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, told VARCHAR(30) NULL)',
      'CREATE INDEX visits_user ON visits (user_id)',
    ],
    kinds: [
      kind('account', 'users', {
        subject: true,
        contact: { email: 'email', ...contact },
        identity: ['email'],
        events: {
          seen: event([at('seen_at'), at('visits.told', { format: 'iso text', ordered: false })], {
            else: at('born_at'),
          }),
          seldom: event([at('seen_at')]),
        },
      }),
      kind('visit', 'visits', { of: 'account', link: { columns: { user_id: 'id' }, where: {} } }),
    ],
    policies: [policy('account', { warn }), policy('account', { id: 'silent', countedFrom: 'seldom' })],
  })
  await insert(database, 'users', [
    { id: 1, email: 'a@mail.example', called: 'Ada', speaks: 'fr', born_at: due, seen_at: due },
    { id: 2, email: null, called: null, speaks: null, born_at: fresh, seen_at: null },
  ])
  return lab
}

interface Contact {
  readonly name: string | null
  readonly locale: string | null
}

async function factsOf(lab: Lab, one: CompiledPolicy, ...ids: readonly string[]): Promise<readonly Facts[]> {
  const ports = {
    ...lab.ports,
    readAddress: (raw: string | null) =>
      raw === null ? ({ state: 'none', hash: null } as const) : ({ state: 'valid', hash } as const),
  }
  const found = await readFacts(
    ports,
    lab.database,
    one,
    ids.map((id) => [id]),
  )
  return [...found].sort((a, b) => (keyText(a.key) < keyText(b.key) ? -1 : 1))
}

eachDatabase('what is read of a row', (open) => {
  it('is whom to write to, by which name and in which language', async () => {
    const lab = await site(await open())
    const [ada, nobody] = await factsOf(lab, lab.policy(), '1', '2', '3')
    expect(ada).to.include({
      ...{ address: 'a@mail.example', name: 'Ada', locale: 'fr' },
      ...{ addressHash: hash, addressState: 'valid', else: due },
    })
    expect(ada).to.deep.include({ key: ['1'], identity: ['a@mail.example'], warnings: [], kept: [] })
    expect(ada).not.to.have.property('others')
    expect(nobody).to.include({
      ...{ address: null, name: null, locale: null, addressHash: null, addressState: 'none', else: fresh },
    })
    expect(nobody).to.deep.include({ key: ['2'], identity: [null] })
  })

  it('is no name and no language where the site has none', async () => {
    const lab = await site(await open(), { name: null, locale: null })
    const [ada] = await factsOf(lab, lab.policy(), '1')
    expect(ada).to.include({ address: 'a@mail.example', name: null, locale: null })
  })

  it('is nothing of mails and requests under a policy that tells nobody', async () => {
    const lab = await site(await open())
    await keep(lab, '1', asOf - day)
    mailsAre(lab, () => Promise.reject(new Error('nobody is warned')))
    const [ada] = await factsOf(lab, lab.policy('silent'), '1')
    expect(ada).to.include({
      ...{ address: null, name: null, locale: null, addressHash: null, addressState: 'none', else: null },
    })
    expect(ada).not.to.have.property('kept')
    expect(ada?.warnings).to.deep.equal([])
  })

  it('is when somebody asked to stay, each for themselves', async () => {
    const lab = await site(await open())
    await keep(lab, '1', asOf - 3 * day)
    await keep(lab, '1', asOf - 2 * day)
    const facts = await factsOf(lab, lab.policy(), '1', '2')
    expect(facts.map(({ kept }) => kept)).to.deep.equal([[asOf - 3 * day, asOf - 2 * day], []])
  })

  it('is its own mails, and those of other policies apart', async () => {
    const lab = await site(await open())
    const mail = (by: string, state: WarningFact['state'], announced: number): WarningFact => ({
      ...{ policy: by, cycle: 0, round: 0, step: 0, addressHash: hash, termsHash: 't', state, announced },
      ...{ queuedAt: asOf - 40 * day, acceptedAt: null, failedAt: null },
    })
    const own = [mail('p', 'accepted', asOf + 90 * day), mail('p', 'open', asOf)]
    const others = [
      mail('silent', 'accepted', asOf + 5 * day),
      mail('silent', 'undelivered', asOf + 8 * day),
      mail('silent', 'unknown', asOf + 2 * day),
      ...(['open', 'refused', 'bounced', 'abandoned'] as const).map((state) =>
        mail('silent', state, asOf + 60 * day),
      ),
    ]
    mailsAre(lab, (_, of, keys) => {
      expect([of, [...keys].sort()]).to.deep.equal(['account', ['["1"]', '["2"]']])
      return Promise.resolve(new Map([['["1"]', [...own, ...others]]]))
    })
    const [ada, nobody] = await factsOf(lab, lab.policy(), '1', '2')
    expect(ada?.warnings).to.deep.equal(own)
    expect(ada?.others).to.deep.equal(others)
    expect(nobody?.warnings).to.deep.equal([])
    expect(nobody).not.to.have.property('others')
  })

  it('is mails also under a policy that tells nobody, once it has told somebody', async () => {
    const lab = await site(await open())
    const mail: WarningFact = {
      ...{
        policy: 'silent',
        cycle: 0,
        round: 0,
        step: 0,
        addressHash: hash,
        termsHash: 't',
        state: 'accepted',
      },
      ...{ announced: asOf + day, queuedAt: asOf - 40 * day, acceptedAt: null, failedAt: null },
    }
    mailsAre(lab, () => Promise.resolve(new Map([['["1"]', [mail]]])))
    const [ada] = await factsOf(lab, { ...lab.policy('silent'), announced: true }, '1')
    expect(ada?.warnings).to.deep.equal([mail])
  })

  it('is of mails under another name of the row what another policy said', async () => {
    const lab = await site(await open())
    const mail: WarningFact = {
      ...{ policy: 'p', cycle: 0, round: 0, step: 0, addressHash: hash, termsHash: 't', state: 'accepted' },
      ...{ announced: asOf + day, queuedAt: asOf - 40 * day, acceptedAt: null, failedAt: null },
    }
    const asked: string[] = []
    mailsAre(lab, (_, of) => {
      asked.push(of)
      return Promise.resolve(new Map(of === 'member' ? [['["1"]', [mail]]] : []))
    })
    const [ada, nobody] = await factsOf(lab, { ...lab.policy(), told: ['member'] }, '1', '2')
    expect(ada).to.deep.include({ warnings: [], others: [mail] })
    expect(nobody).not.to.have.property('others')
    expect(asked).to.deep.equal(['account', 'member'])
  })

  it('is both ends of a clock, also of one that the database cannot sort', async () => {
    const lab = await site(await open())
    await insert(lab.database, 'visits', [
      { id: 1, user_id: 1, told: '2021-01-01T02:00:00+03:00' },
      { id: 2, user_id: 1, told: '2021-01-01T00:30:00Z' },
      { id: 3, user_id: 1, told: '2020-12-31T22:10:00-02:00' },
    ])
    const facts = await factsOf(lab, lab.policy(), '1', '2')
    expect(facts.map(({ readings }) => readings)).to.deep.equal([
      [
        { earliest: due, latest: due },
        { earliest: '2021-01-01T02:00:00+03:00', latest: '2021-01-01T00:30:00Z' },
      ],
      [
        { earliest: null, latest: null },
        { earliest: null, latest: null },
      ],
    ])
  })
})

eachDatabase('the walk over what may be due', (open) => {
  const ids = async (
    lab: Lab,
    ...more: Parameters<typeof walk> extends [unknown, unknown, ...infer R] ? R : never
  ) => {
    const pages: string[][] = []
    for await (const page of walk(lab.ports, lab.policy(), ...more))
      pages.push(page.map(({ candidate: { key, pass } }) => `${key.join()} ${pass}`))
    return pages
  }

  it('meets those without a clock by the other date, each page with its rows', async () => {
    const lab = await site(await open())
    await insert(lab.database, 'users', [
      { id: 3, born_at: due, seen_at: null },
      { id: 4, born_at: due, seen_at: fresh },
    ])
    expect(await ids(lab, asOf, 0)).to.deep.equal([['1 dated'], ['3 never']])
    expect(await ids(lab, asOf, 0, 'all')).to.deep.equal([])
    const statements: string[] = []
    const { database } = lab
    const rows: Database['rows'] = (statement) => (statements.push(statement.text), database.rows(statement))
    const walked: string[] = []
    const ports = { ...lab.ports, database: { ...database, rows } }
    for await (const page of walk(ports, lab.policy('silent'), asOf, 0))
      walked.push(...page.map(({ candidate: { key, pass } }) => `${key.join()} ${pass}`))
    expect(walked).to.deep.equal(['1 dated'])
    expect(
      statements.filter((text) => text.includes('born_at')),
      'no other date',
    ).to.deep.equal([])
  })

  it('looks as far ahead as the first mail, and leaves out who is gone when the page is judged', async () => {
    const lab = await site(await open())
    // Three years end on 2026-06-02 and 2026-07-01, 30 days ahead, and on 2026-07-02.
    await insert(lab.database, 'users', [
      { id: 5, born_at: due, seen_at: '2023-05-31 12:00:00' },
      { id: 6, born_at: due, seen_at: '2023-06-29 12:00:00' },
      { id: 7, born_at: due, seen_at: '2023-07-02 12:00:00' },
    ])
    const one = lab.policy()
    expect(lookAhead(one)).to.equal(30)
    expect(await ids(lab, asOf, 0)).to.deep.equal([['1 dated', '5 dated']])
    expect(await ids(lab, asOf, lookAhead(one))).to.deep.equal([['1 dated', '5 dated', '6 dated']])
    const { database } = lab
    const rows: Database['rows'] = async (statement) => {
      const found = await database.rows(statement)
      // Gone after the page was read, before it is judged.
      if (found.length === 2) await sql(database, 'DELETE FROM users WHERE id = 5')
      return found
    }
    Object.assign(lab.ports, { database: { ...database, rows } })
    expect(await ids(lab, asOf, 0)).to.deep.equal([['1 dated']])
  })

  it('goes on after a whole page', async () => {
    const lab = await site(await open())
    await insert(
      lab.database,
      'users',
      Array.from({ length: pageSize + 10 }, (_, i) => ({ id: 100 + i, born_at: due, seen_at: due })),
    )
    const pages = await ids(lab, asOf, 0)
    expect(new Set(pages.flat()).size).to.equal(pageSize + 11)
    expect(pages.every((page) => page.length > 0 && page.length <= pageSize)).to.equal(true)
  })
})

describe('how far a policy looks ahead', () => {
  const one = (more: Partial<Warn> | null) =>
    ({ policy: { warn: more === null ? null : { ...warn, ...more } } }) as unknown as CompiledPolicy

  it('is as far as the first mail that comes before the term', () => {
    expect(lookAhead(one({}))).to.equal(30)
    expect(lookAhead(one({ daysBefore: [] }))).to.equal(0)
    expect(lookAhead(one({ when: 'at the term' }))).to.equal(0)
    expect(lookAhead(one(null))).to.equal(0)
  })
})

describe('pages that are read ahead', () => {
  interface Story {
    readonly said: string[]
    readonly pages: () => AsyncGenerator<number>
  }
  const story = (last: number, fails = false): Story => {
    const said: string[] = []
    return {
      said,
      async *pages() {
        for (let page = 1; page <= last; page += 1) {
          said.push(`read ${page}`)
          await Promise.resolve()
          yield page
        }
        await new Promise((resolve) => setTimeout(resolve, 5))
        said.push('end')
        if (fails) throw new Error('no more')
      },
    }
  }

  it('come one by one, and the next is read while one is worked on', async () => {
    const { said, pages } = story(3)
    for await (const page of readAhead(pages())) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      said.push(`worked ${page}`)
    }
    expect(said).to.deep.equal([...['read 1', 'read 2', 'worked 1', 'read 3', 'worked 2', 'end', 'worked 3']])
  })

  it('fail when their turn comes, and not before', async () => {
    const { said, pages } = story(2, true)
    const failure = await (async () => {
      for await (const page of readAhead(pages())) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        said.push(`worked ${page}`)
      }
    })().catch((error: unknown) => (error as Error).message)
    expect(failure).to.equal('no more')
    expect(said.at(-1)).to.equal('worked 2')
  })

  it('are waited for by whoever leaves before the last, also where the next one fails', async () => {
    const { said, pages } = story(1, true)
    for await (const page of readAhead(pages())) {
      expect(page).to.equal(1)
      break
    }
    expect(said).to.deep.equal(['read 1', 'end'])
  })
})

function mailsAre(lab: Lab, warningsOf: EnginePorts['warningsOf']): void {
  Object.assign(lab.ports, { warningsOf })
}

async function keep(lab: Lab, id: string, keptAt: number): Promise<void> {
  await insertKept(lab.database, {
    ...{ id: `${id}-${keptAt}`, kind: 'account', keyText: `["${id}"]`, because: 'b', askedBy: 'a', keptAt },
  })
}
