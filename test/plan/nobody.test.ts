/** Kinds of which no policy reaches what hangs on nobody. */
import { expect } from 'chai'
import { ledOnly } from '../../plan/nobody.ts'
import type { Kind } from '../../policies/data-map.ts'
import type { Departure, Policy } from '../../policies/policy.ts'
import { account, compile, kind, mapOf, policy, schemaOf, users, type TableSpec } from './site-builder.ts'

const comments: TableSpec = {
  columns: { id: 'int', user_id: 'int null', body: 'text', made_at: 'datetime' },
  indexes: ['user_id', 'made_at'],
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
  const { plan } = compile(schemaOf({ users, comments, votes }), map, planned)
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

  it('is not told where its rows stay', () => {
    const ruled = (act: Departure) => [policy('account', { but: { comment: act } })]
    expect(found([comment], ruled({ act: 'anonymise', under: null }))).to.deep.equal([])
    expect(found([comment], ruled({ act: 'detach' }))).to.deep.equal([])
    expect(found([comment], ruled({ act: 'keep', because: 'x' }))).to.deep.equal([])
    expect(found([comment], [policy('account', { then: 'anonymise' })])).to.deep.equal([])
  })
})
