/** What somebody wrote for the site stays in the proposal, until an officer has decided. */
import { expect } from 'chai'
import { draftOf } from '../../../plan/draft/build.ts'
import type { Draft } from '../../../plan/draft/draft.ts'
import { remarkText } from '../../../plan/draft/remarks.ts'
import { policyText } from '../../../plan/draft/write-policy.ts'
import { schemaOf, type TableSpec } from '../site-builder.ts'

type Tables = Readonly<Record<string, TableSpec>>

const person: TableSpec = {
  columns: { id: 'int', email: 'varchar(190)', password: 'varchar(80)', created_at: 'datetime' },
  unique: ['email'],
}

function draft(tables: Tables): Draft {
  const schema = schemaOf({ users: person, employees: person, ...tables })
  return draftOf({ schema, samples: new Map(), linkSamples: () => null, known: null })
}

function table(link: string, type = 'int', more: Partial<TableSpec> = {}): TableSpec {
  return { columns: { id: 'int', [link]: type, body: 'text' }, ...more }
}

/** How each kind stays, under `but` of the policy of its people, and what the policy and the kind say of it. */
function stays(tables: Tables) {
  const { kinds, policies } = draft(tables)
  const told = /^(?:written|others)/
  const codes = (remarks: Draft['policies'][number]['remarks']) =>
    remarks.map(({ code }) => code).filter((code) => told.test(code))
  return {
    but: Object.fromEntries(policies.flatMap((one) => one.stays).map(({ kind, act }) => [kind, act])),
    detach: policies.flatMap((one) => one.detach),
    policy: policies.flatMap(({ remarks }) => codes(remarks)),
    map: kinds.flatMap(({ remarks }) => codes(remarks)),
  }
}

const none = { but: {}, detach: [], policy: [], map: [] }

describe('what a person wrote for the site', () => {
  it('stays as it is where its author cannot be taken out, and loses the author where they can', () => {
    const said = { detach: [], policy: ['writtenStays'], map: ['written'] }
    for (const name of ['post_author', 'author_id', 'topic_poster', 'creator_id'])
      expect(stays({ pages: table(name) }), name).to.deep.equal({ but: { page: 'keep' }, ...said })
    expect(stays({ pages: table('author_id', 'int null') })).to.deep.equal({
      but: { page: 'detach' },
      ...said,
    })
    const declared = { keys: ['written_by -> users.id'] }
    expect(stays({ pages: table('written_by', 'int null', declared) }), 'once').to.deep.equal({
      but: { page: 'detach' },
      ...said,
    })
  })

  it('goes with a word of its own where the schema lets it not stay', () => {
    const pages = table('author_id', 'int', { keys: ['author_id -> users.id'] })
    expect(stays({ pages })).to.deep.equal({ ...none, policy: ['writtenGoes'], map: ['written'] })
  })

  it('is so by one of several columns, and keeps its author where one of them cannot be emptied', () => {
    const users: TableSpec = {
      columns: { ...person.columns, shop_no: 'int' },
      unique: ['email'],
      primaryKey: ['shop_no', 'id'],
    }
    const of = (shop: string) => {
      const columns = { id: 'int', shop_no: shop, author_id: 'int null', body: 'text' }
      return stays({ users, pages: { columns, keys: ['shop_no+author_id -> users.shop_no+id'] } })
    }
    expect(of('int')).to.deep.equal({ ...none, policy: ['writtenGoes'], map: ['written'] })
    expect(of('int null').but).to.deep.equal({ page: 'detach' })
  })

  it('is also what staff saw to, and not what is about one of them', () => {
    for (const [name, link] of [
      ['stock_moves', 'employee_id'],
      ['answers', 'id_employee'],
    ] as const)
      expect(Object.values(stays({ [name]: table(link) }).but), name).to.deep.equal(['keep'])
    for (const name of ['employee_badges', 'sessions', 'user_notes'])
      expect(stays({ [name]: table(name === 'user_notes' ? 'user_id' : 'employee_id') }), name).to.deep.equal(
        none,
      )
    const employee_shifts = table('employee_id')
    const breaks = table('employee_shift_id')
    expect(stays({ employee_shifts, breaks }), 'a part of what is about staff').to.deep.equal(none)
    const one = table('author_id', 'int', { unique: ['author_id'] })
    expect(stays({ author_pages: one }), 'one for each author').to.deep.equal(none)
  })

  it('takes its own parts along into what stays, with no key of theirs in the way', () => {
    const pages = table('author_id', 'int null')
    const page_parts = table('page_id', 'int null', { keys: ['page_id -> pages.id'] })
    const links = table('page_id', 'int null', { keys: ['page_id -> pages.id'] })
    const found = stays({ pages, page_parts, links })
    expect(found.but).to.deep.equal({ page: 'detach' })
    expect(found.detach).to.deep.equal([])
  })

  it('is a question where other people’s rows hang on it, whatever its column is called', () => {
    const comments: TableSpec = { columns: { id: 'int', post_id: 'int', user_id: 'int', body: 'text' } }
    const asked = { ...none, policy: ['othersGo'], map: ['othersOn'] }
    expect(stays({ posts: table('user_id'), comments })).to.deep.equal(asked)
    const site_comments = { columns: { id: 'int', site_post_id: 'int', user_id: 'int', body: 'text' } }
    expect(stays({ site_posts: table('user_id'), site_comments }), 'one word of two').to.deep.equal(asked)
    expect(stays({ posts: table('user_id') }), 'nothing hangs on it').to.deep.equal(none)
    const post_parts = table('post_id')
    expect(stays({ posts: table('user_id'), post_parts }), 'its own parts').to.deep.equal(none)
    const tree = {
      columns: { id: 'int', user_id: 'int', parent_id: 'int null' },
      keys: ['parent_id -> posts.id'],
    }
    expect(stays({ posts: tree }), 'its own table').to.deep.equal(none)
    const orders: TableSpec = { columns: { id: 'int', user_id: 'int', address_id: 'int' } }
    expect(stays({ addresses: table('user_id'), orders }), 'no content').to.deep.equal(none)
  })

  it('is written out so that nothing is enforced before somebody decided, in both languages', () => {
    const { policies, kinds } = draft({ pages: table('post_author'), notes: table('author_id', 'int null') })
    const policy = policies.find((one) => one.stays.length > 0)!
    expect(policyText(policy, true, 'en')).to.contain(
      'but:\n  note: detach # todo\n  page: { keep: "todo: why these data stay when who wrote them leaves" } # todo\n',
    )
    expect(policyText(policy, true, 'fr')).to.contain(
      '  page: { keep: "todo: pourquoi ces données restent quand leur auteur part" } # todo\n',
    )
    const page = kinds.find(({ name }) => name === 'page')!
    const written = page.remarks.find(({ code }) => code === 'written')!
    expect(remarkText(written, 'en')).to.match(/^post_author names who wrote it.* It goes with user unless/)
    expect(remarkText(written, 'fr')).to.match(/^post_author dit qui.* part avec user/)
  })
})
