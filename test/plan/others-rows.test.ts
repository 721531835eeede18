/** What the server does by itself to rows of other people, when a row that they lead to leaves with somebody. */
import { expect } from 'chai'
import { nullableToUser, run, steps, toUser, words, type But, type Tables } from './departures.ts'
import { account, codes, kind, users, type TableSpec } from './site-builder.ts'

const post = kind('post', 'posts', { of: 'account' })
const comment = kind('comment', 'comments', { of: 'account' })
const detach: But = { 'comment.post_id': { act: 'detach' } }

/** A comment is of who wrote it, and stands below a post of anybody. */
function forum(rule: string, type = 'int'): Tables {
  return {
    posts: toUser(),
    comments: {
      columns: { id: 'int', user_id: 'int', post_id: type },
      keys: ['user_id -> users.id', `post_id -> posts.id${rule}`],
    },
  }
}

describe('a key between two tables that both leave', () => {
  it('that deletes along is refused, and named with what to add', () => {
    const { problems, plan } = run(forum(' cascade'), [post, comment])
    const kindOnly = [
      '# in data-map.yml:',
      'kinds:',
      '  post_comments:',
      '    table: comments',
      '    key: [id]',
      '    of: post',
      '    link: { post_id: id }',
    ]
    const params = { key: 'comments_post_id', rule: 'CASCADE', toTable: 'posts', stub: kindOnly.join('\n') }
    const told = { code: 'E_CASCADE_BESIDE', policy: 'p', table: 'comments', column: 'post_id' }
    expect(problems).to.deep.equal([{ ...told, params, refuses: true }])
    expect(plan.policies).to.deep.equal([])
    const [nullable] = run(forum(' cascade', 'int null'), [post, comment]).problems
    const rule = ['# in the policy:', 'but:', '  comment.post_id: detach', '# or in data-map.yml:']
    expect(nullable?.params).to.deep.equal({ ...params, stub: [...rule, ...kindOnly.slice(1)].join('\n') })
  })

  it('that deletes along is emptied first where the policy says so', () => {
    expect(words(forum(' cascade', 'int null'), [post, comment], detach)).to.deep.equal([
      'detach comment.post_id',
      'erase post',
      'erase comment',
    ])
    expect(codes(run(forum(' cascade'), [post, comment], detach))).to.deep.equal(['E_DETACH_NOT_NULL'])
  })

  it('that deletes along is no question where those rows are a kind of their own', () => {
    const below = kind('post_comments', 'comments', {
      of: 'post',
      link: { columns: { post_id: 'id' }, where: {} },
    })
    expect(words(forum(' cascade'), [post, comment, below])).to.have.members([
      'erase comment',
      'erase post_comments',
      'erase post',
    ])
  })

  it('that deletes along is a link where the rows hang on nothing else', () => {
    const tables = {
      posts: toUser(),
      comments: { ...forum(' cascade')['comments']!, keys: ['post_id -> posts.id cascade'] },
    }
    expect(words(tables, [post, kind('comment', 'comments', { of: 'post' })])).to.deep.equal([
      'erase comment',
      'erase post',
    ])
    const text = kind('post_text', 'posts', { of: 'post', link: { columns: { id: 'id' }, where: {} } })
    const below = (of: string) => kind('comment', 'comments', { of })
    expect(words(tables, [post, text, below('post_text')]), 'by the name of the same rows').to.deep.equal([
      'erase comment',
      'erase post',
    ])
  })

  it('is the link of a kind below the same rows by another name, also of the people themselves', () => {
    const text = kind('account_text', 'users', {
      of: 'account',
      link: { columns: { id: 'id' }, where: {} },
    })
    const below = kind('post', 'posts', { of: 'account_text' })
    for (const rule of ['', ' cascade'])
      expect(words({ posts: toUser({}, rule) }, [account, text, below])).to.deep.equal(['erase post'])
  })

  it('that only empties is emptied by a step, which counts whose rows they are', () => {
    const all = steps(forum(' set null', 'int null'), [post, comment])
    expect(all.map(({ then, name, from }) => [then.act, name, from])).to.deep.equal([
      ['detach', 'comment.post_id', 'post'],
      ['erase', 'post', null],
      ['erase', 'comment', null],
    ])
    expect(words(forum(' set null', 'int null'), [post, comment], detach)[0]).to.equal(
      'detach comment.post_id',
    )
  })

  it('that only empties is refused where an archive copies the column', () => {
    const old: TableSpec = { columns: { id: 'int', post: 'int null' } }
    const told = (rule: string, columns: Readonly<Record<string, string>>) => {
      const archived = { ...comment, archive: { into: 'old_comment', columns } }
      const kinds = [post, archived, kind('old_comment', 'old')]
      const but: But = { comment: { act: 'archive', under: null } }
      return codes(run({ ...forum(rule, 'int null'), old }, kinds, but))
    }
    expect(told(' set null', { id: 'id', post: 'post_id' })).to.deep.equal(['E_CASCADE_BESIDE'])
    expect(told(' set null', { id: 'id' })).to.deep.equal([])
    expect(told('', { id: 'id', post: 'post_id' })).to.deep.equal([])
  })

  it('that is refused by the server is only an order', () => {
    expect(words(forum(''), [post, comment])).to.deep.equal(['erase comment', 'erase post'])
  })

  it('that holds the link of both leads to rows of one person', () => {
    const tables: Tables = {
      posts: { ...toUser(), unique: ['user_id,id'] },
      comments: {
        columns: { id: 'int', user_id: 'int', post_id: 'int', place: 'varchar(9)' },
        keys: ['user_id -> users.id', 'user_id+post_id -> posts.user_id+id cascade'],
      },
    }
    expect(words(tables, [post, comment])).to.deep.equal(['erase comment', 'erase post'])
    const some = { ...comment, link: { columns: { user_id: 'id' }, where: { place: 'blog' } } }
    expect(codes(run(tables, [post, some])), 'of some rows only').to.deep.equal(['E_CASCADE_BESIDE'])
    const crossed = {
      ...tables['comments']!,
      keys: ['user_id -> users.id', 'post_id+user_id -> posts.user_id+id cascade'],
    }
    expect(codes(run({ ...tables, comments: crossed }, [post, comment]))).to.deep.equal(['E_CASCADE_BESIDE'])
  })

  it('leads to each kind of its table by itself', () => {
    const sent = kind('sent', 'messages', { of: 'account', link: { columns: { sender: 'id' }, where: {} } })
    const received = kind('received', 'messages', {
      of: 'account',
      link: { columns: { reader: 'id' }, where: {} },
    })
    const tables: Tables = {
      messages: {
        columns: { id: 'int', sender: 'int', reader: 'int' },
        keys: ['sender -> users.id', 'reader -> users.id'],
      },
      files: { columns: { id: 'int', message: 'int' }, keys: ['message -> messages.id cascade'] },
    }
    const file = kind('file', 'files', { of: 'sent' })
    const { problems } = run(tables, [sent, received, file])
    expect(
      problems.map(({ code, table, params }) => [code, table, params['stub']?.includes('of: received')]),
    ).to.deep.equal([['E_CASCADE_BESIDE', 'files', true]])
    const other = kind('received_file', 'files', { of: 'received' })
    expect(codes(run(tables, [sent, received, file, other]))).to.deep.equal([])
  })

  it('from the people themselves is emptied in whatever row, as it was', () => {
    const own: Tables = {
      users: {
        ...users,
        columns: { ...users.columns, last: 'int null' },
        keys: ['last -> posts.id cascade'],
      },
      posts: nullableToUser(),
    }
    expect(words(own, [account, post])).to.deep.equal(['detach account.last', 'erase post'])
  })
})

describe('a key that deletes along inside one table', () => {
  const answers = (type: string, rule: string): Tables => ({
    comments: {
      columns: { id: 'int', user_id: 'int', above: type },
      keys: ['user_id -> users.id', `above -> comments.id${rule}`],
    },
  })

  it('is refused where it may not be NULL: an answer of somebody else would go', () => {
    const { problems } = run(answers('int', ' cascade'), [comment])
    const params = { key: 'comments_above', rule: 'CASCADE' }
    const told = { code: 'E_CASCADE_SELF', policy: 'p', table: 'comments', column: 'above' }
    expect(problems).to.deep.equal([{ ...told, params, refuses: true }])
    expect(codes(run(answers('int', ''), [comment]))).to.deep.equal([])
  })

  it('is emptied first where it may be', () => {
    for (const rule of [' cascade', ' set null'])
      expect(words(answers('int null', rule), [comment])).to.deep.equal([
        'detach comment.above',
        'erase comment',
      ])
  })
})
