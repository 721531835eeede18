/** Kinds of which no policy reaches what hangs on nobody. */
import { expect } from 'chai'
import { ledOnly } from '../../plan/nobody.ts'
import type { Kind } from '../../policies/data-map.ts'
import type { Departure, Policy } from '../../policies/policy.ts'
import { account, compile, kind, mapOf, policy, schemaOf, users, type TableSpec } from './site-builder.ts'

const comments: TableSpec = {
  columns: { id: 'int', user_id: 'int null', word: 'varchar(10)', body: 'text', made_at: 'datetime' },
  indexes: ['user_id,word', 'made_at'],
}
const votes: TableSpec = {
  columns: { id: 'int', comment_id: 'int', body: 'text' },
  keys: ['comment_id -> comments.id'],
}
const link = { columns: { user_id: 'id' }, where: {} }
const body = { body: { strategy: 'blank' } } as const
const comment = kind('comment', 'comments', { of: 'account', link, personal: body })
const vote = kind('vote', 'votes', { of: 'comment' })

function found(
  kinds: readonly Kind[],
  policies: readonly Policy[] = [policy('account')],
  planned = policies,
): readonly string[] {
  const map = mapOf([account, vote, ...kinds])
  const { plan } = compile(
    schemaOf({ users, comments, votes, old: { columns: { id: 'int', body: 'text' } } }),
    map,
    planned,
  )
  return ledOnly(plan.policies, policies, map).map(
    ({ kind: name, above, table, join }) => `${name} of ${above}, ${table}.${join.columns[0]?.own}`,
  )
}

const alone = ['comment of account, comments.user_id']

describe('a kind whose rows leave with a row above them', () => {
  it('is told once, whatever number of policies take it along', () => {
    expect(found([comment])).to.deep.equal(alone)
    expect(found([comment], [policy('account'), policy('account', { id: 'q' })])).to.deep.equal(alone)
  })

  it('is not told where it says nothing of people, and neither does what hangs on it', () => {
    const plain = { ...comment, personal: {} }
    const kept = { ...comment, personal: { body: { strategy: 'keep', because: 'x' } } } as const
    expect(found([plain])).to.deep.equal([])
    expect(found([kept])).to.deep.equal([])
    expect(found([plain, { ...vote, personal: body }])).to.deep.equal([
      'vote of comment, votes.comment_id',
      ...alone,
    ])
  })

  it('is not told where a policy of its own or of its rows reaches them, be it refused for now', () => {
    const planned = [policy('account')]
    expect(found([comment], [...planned, policy('comment')], planned)).to.deep.equal([])
    const cut = policy('comment', { then: 'truncate fields' })
    expect(found([comment], [...planned, cut], planned)).to.deep.equal([])
    const other = kind('guest_comment', 'comments')
    expect(found([comment, other], [...planned, policy('guest_comment')], planned)).to.deep.equal([])
    const blanked = policy('guest_comment', { then: 'truncate fields' })
    expect(found([comment, other], [...planned, blanked], planned)).to.deep.equal(alone)
  })

  it('is not told where the data map says why its link may be empty', () => {
    expect(found([{ ...comment, exempt: { user_id: 'x' } }])).to.deep.equal([])
    expect(found([{ ...comment, exempt: { made_at: 'x' } }])).to.deep.equal(alone)
  })

  it('is told whatever else its link holds, and whatever policy names a kind that is not there', () => {
    const pair = { columns: { user_id: 'id', word: 'status' }, where: {} }
    expect(found([{ ...comment, link: pair }])).to.deep.equal(alone)
    for (const column of ['user_id', 'word'])
      expect(found([{ ...comment, link: pair, exempt: { [column]: 'x' } }]), column).to.deep.equal([])
    expect(found([comment], [policy('nowhere'), policy('account')], [policy('account')])).to.deep.equal(alone)
  })

  it('is told where its rows are archived', () => {
    const archived = { ...comment, archive: { into: 'old_comment', columns: { id: 'id', body: 'body' } } }
    const but: Policy['but'] = { comment: { act: 'archive', under: null } }
    expect(found([archived, kind('old_comment', 'old')], [policy('account', { but })])).to.deep.equal(alone)
  })

  it('is not told for a reference to it that is emptied', () => {
    const pins: TableSpec = {
      columns: { id: 'int', comment_id: 'int null' },
      keys: ['comment_id -> comments.id'],
    }
    const plain = mapOf([account, { ...comment, personal: {} }])
    const but: Policy['but'] = { 'pins.comment_id': { act: 'detach' } }
    const policies = [policy('account', { but })]
    const { plan } = compile(schemaOf({ users, comments, pins }), plain, policies)
    expect(plan.policies[0]?.steps.map(({ name, kind: of }) => [name, of])).to.deep.equal([
      ['pins.comment_id', null],
      ['comment', 'comment'],
    ])
    expect(ledOnly(plan.policies, policies, plain)).to.deep.equal([])
  })

  it('is not told where its rows stay', () => {
    const ruled = (act: Departure) => [policy('account', { but: { comment: act } })]
    expect(found([comment], ruled({ act: 'anonymise', under: null }))).to.deep.equal([])
    expect(found([comment], ruled({ act: 'detach' }))).to.deep.equal([])
    expect(found([comment], ruled({ act: 'keep', because: 'x' }))).to.deep.equal([])
    expect(found([comment], [policy('account', { then: 'anonymise' })])).to.deep.equal([])
  })
})
