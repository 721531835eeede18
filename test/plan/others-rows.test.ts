/** What the server does by itself to rows of other people, when a row that they lead to leaves with somebody. */
import { expect } from 'chai'
import { nullableToUser, run, steps, toUser, words, type But, type Tables } from './departures.ts'
import {
  account,
  at,
  codes,
  compile,
  event,
  kind,
  mapOf,
  onlyPolicy,
  policy,
  schemaOf,
  users,
  type TableSpec,
} from './site-builder.ts'

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

  it('that deletes along is asked along every way for a state of that table, and is in doubt for a clock', () => {
    const link = { columns: { post_id: 'id' }, where: {} }
    const below = kind('post_comments', 'comments', { of: 'post', link })
    const person = {
      ...account,
      states: { open: { 'comments.state': ['a'] } },
    }
    const tables = forum(' cascade')
    const columns = { ...tables['comments']!.columns, made_at: 'datetime', state: 'varchar(9)' }
    const schema = schemaOf({ users, ...tables, comments: { ...tables['comments']!, columns } })
    // Whichever stands first in the data map.
    for (const kinds of [
      [comment, below],
      [below, comment],
    ]) {
      const compiled = compile(schema, mapOf([person, post, ...kinds]), [
        policy('account', { notWhile: ['open'] }),
      ])
      const { states } = onlyPolicy(compiled)
      const own = (joins: readonly { readonly columns: readonly { readonly own: string }[] }[]) =>
        joins.map((join) => join.columns.map((pair) => pair.own).join())
      expect(states.map(({ joins }) => own(joins))).to.deep.equal([['user_id'], ['user_id', 'post_id']])
    }
    // A clerk's link may be the shorter one, and the customer would look silent by it.
    const clocked = { ...person, events: { seen: event([at('seen_at'), at('comments.made_at')]) } }
    const { problems } = compile(schema, mapOf([clocked, post, comment, below]), [policy('account')])
    const told = problems.filter(({ code }) => code === 'E_AMBIGUOUS_WAY')
    expect(told.map(({ params }) => params['kinds'])).to.deep.equal(['comment, post_comments'])
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

  it('that only empties is an order, and the server empties; by a step where the policy says so', () => {
    const all = steps(forum(' set null', 'int null'), [post, comment])
    expect(all.map(({ then, name, from }) => [then.act, name, from])).to.deep.equal([
      ['erase', 'comment', null],
      ['erase', 'post', null],
    ])
    expect(words(forum(' set null', 'int null'), [post, comment], detach)[0]).to.equal(
      'detach comment.post_id',
    )
  })

  it('is not emptied before an archive copies the column, whatever it does', () => {
    const old: TableSpec = { columns: { id: 'int', post: 'int null' } }
    const told = (rule: string, columns: Readonly<Record<string, string>>, more: But = {}) => {
      const archived = { ...comment, archive: { into: 'old_comment', columns } }
      const kinds = [post, archived, kind('old_comment', 'old')]
      const but: But = { comment: { act: 'archive', under: null }, ...more }
      return codes(run({ ...forum(rule, 'int null'), old }, kinds, but))
    }
    const both = { id: 'id', post: 'post_id' }
    for (const rule of ['', ' set null', ' cascade']) {
      expect(told(rule, both, detach), rule).to.deep.equal(['E_DETACH_ARCHIVED'])
      expect(told(rule, { id: 'id' }, detach), rule).to.deep.equal([])
      expect(told(rule, both), rule).to.deep.equal(rule === ' cascade' ? ['E_CASCADE_BESIDE'] : [])
    }
  })

  it('is not emptied before an archive copies it: what is proposed instead is accepted', () => {
    const old: TableSpec = { columns: { id: 'int', post: 'int null' } }
    const archive = { into: 'old_comment', columns: { id: 'id', post: 'post_id' } }
    const kinds = [post, { ...comment, archive }, kind('old_comment', 'old')]
    const but: But = { comment: { act: 'archive', under: null } }
    const proposed = (rule: string) =>
      run({ ...forum(rule, 'int null'), old }, kinds, { ...but, ...detach }).problems[0]?.params
    expect(proposed(' set null')).to.deep.include({ spare: 'comment.post_id', stub: '' })
    const beside = proposed(' cascade')
    expect(proposed(''), 'a comment of somebody else would hold the post').to.deep.equal(beside)
    expect(beside).to.deep.include({ spare: '' })
    expect(beside?.['stub']?.split('\n').slice(2)).to.deep.equal([
      '  post_comments:',
      '    table: comments',
      '    key: [id]',
      '    of: post',
      '    link: { post_id: id }',
      '    archive: { into: old_comment, columns: { id: id, post: post_id } }',
      '# and in the policy:',
      'but:',
      '  post_comments: archive',
    ])
    const link = { columns: { post_id: 'id' }, where: {} }
    const below = kind('post_comments', 'comments', { of: 'post', link, archive })
    const instead: But = { ...but, post_comments: { act: 'archive', under: null } }
    for (const rule of ['', ' cascade'])
      expect(codes(run({ ...forum(rule, 'int null'), old }, [...kinds, below], instead))).to.deep.equal([])
  })

  it('is not emptied before an archive copies it: between rows of one person it need not be', () => {
    const tables = (rule: string): Tables => ({
      posts: { ...toUser(), unique: ['user_id,id'] },
      comments: {
        columns: { id: 'int', user_id: 'int null', post_id: 'int null' },
        keys: ['user_id -> users.id', `user_id+post_id -> posts.user_id+id${rule}`],
      },
      old: { columns: { id: 'int', post: 'int null' } },
    })
    const archived = { ...comment, archive: { into: 'old', columns: { id: 'id', post: 'post_id' } } }
    const kinds = [post, archived, kind('old', 'old')]
    const but: But = { comment: { act: 'archive', under: null } }
    for (const rule of ['', ' cascade']) {
      const [told] = run(tables(rule), kinds, { ...but, ...detach }).problems
      expect(told?.params, rule).to.deep.include({ spare: 'comment.post_id', stub: '' })
      expect(codes(run(tables(rule), kinds, but)), rule).to.deep.equal([])
    }
  })

  it('is proposed by a name that is free', () => {
    const taken = kind('post_comments', 'notes', { of: 'account' })
    const next = kind('post_comments_2', 'notes', { of: 'account' })
    const named = (...more: Parameters<typeof run>[1]) =>
      run({ ...forum(' cascade'), notes: toUser() }, [post, comment, ...more]).problems[0]?.params['stub']
    expect(named(taken)).to.include('\n  post_comments_2:\n')
    expect(named(taken, next)).to.include('\n  post_comments_3:\n')
  })

  it('names a second kind that is archived like the first, and by the key where there are two', () => {
    const old: TableSpec = { columns: { id: 'int', post: 'int null' } }
    const archive = { into: 'old_comment', columns: { id: 'id', post: 'post_id' } }
    const kinds = [post, { ...comment, archive }, kind('old_comment', 'old')]
    const but: But = { comment: { act: 'archive', under: null } }
    const tables = { ...forum(' cascade', 'int null'), old }
    const [told] = run(tables, kinds, but).problems
    expect(told?.params['stub']?.split('\n').slice(3)).to.deep.equal([
      '    table: comments',
      '    key: [id]',
      '    of: post',
      '    link: { post_id: id }',
      '    archive: { into: old_comment, columns: { id: id, post: post_id } }',
      '# and in the policy:',
      'but:',
      '  post_comments: archive',
    ])
    const part = { ...comment, archive: { into: 'old_comment', columns: { id: 'id' } } }
    const [either] = run(tables, [post, part, kind('old_comment', 'old')], but).problems
    expect(either?.params['stub'], 'what is not copied may be emptied before').to.equal(
      [
        '# in the policy:',
        'but:',
        '  comment.post_id: detach',
        '# or in data-map.yml:',
        'kinds:',
        '  post_comments:',
        '    table: comments',
        '    key: [id]',
        '    of: post',
        '    link: { post_id: id }',
        '    archive: { into: old_comment, columns: { id: id } }',
        '# and in the policy:',
        'but:',
        '  post_comments: archive',
      ].join('\n'),
    )
    const link = { columns: { post_id: 'id' }, where: {} }
    const below = kind('post_comments', 'comments', { of: 'post', link, archive })
    expect(codes(run(tables, [...kinds, below], but))).to.deep.equal(['E_TWO_ACTS'])
    const same: But = { ...but, post_comments: { act: 'archive', under: null } }
    expect(codes(run(tables, [...kinds, below], same))).to.deep.equal([])
    const two: Tables = {
      posts: toUser(),
      comments: {
        columns: { id: 'int', user_id: 'int', post_id: 'int', copied: 'int' },
        keys: ['user_id -> users.id', 'post_id -> posts.id cascade', 'copied -> posts.id cascade'],
      },
    }
    const names = run(two, [post, comment]).problems.map(({ params }) => params['stub']?.split('\n')[2])
    expect(names).to.deep.equal(['  post_comments_by_post_id:', '  post_comments_by_copied:'])
  })

  it('names the kind that is archived among several of a table, and no archive where the rows are erased', () => {
    const archive = { into: 'old_comment', columns: { id: 'id' } }
    const old = { columns: { id: 'int' } }
    const tables = { ...forum(' cascade'), old }
    const told = (kinds: Parameters<typeof run>[1], but: But) =>
      run(tables, [post, ...kinds, kind('old_comment', 'old')], but)
        .problems.filter(({ code }) => code === 'E_CASCADE_BESIDE')
        .map(({ params }) => params['stub']?.includes('archive: {'))
    const archived = { ...comment, archive }
    expect(told([archived], {}), 'it could be, and is not').to.deep.equal([false])
    expect(told([archived], { comment: { act: 'archive', under: null } })).to.deep.equal([true])
    const first = kind('note', 'comments', { of: 'account' })
    expect(told([first, archived], { comment: { act: 'archive', under: null } })).to.deep.equal([true])
  })

  it('names each of its columns', () => {
    const columns = { id: 'int', user_id: 'int', a: 'int', b: 'int' }
    const tables: Tables = {
      posts: { ...toUser({ nr: 'int' }), unique: ['id,nr'] },
      comments: { columns, keys: ['user_id -> users.id', 'a+b -> posts.id+nr cascade'] },
    }
    expect(run(tables, [post, comment]).problems.map(({ column }) => column)).to.deep.equal(['a, b'])
  })

  it('of the row itself may be copied by an archive, and is emptied after that', () => {
    const tables: Tables = {
      comments: {
        columns: { id: 'int', user_id: 'int', clerk: 'int null' },
        keys: ['user_id -> users.id', 'clerk -> users.id'],
      },
      old: { columns: { id: 'int', clerk: 'int null' } },
    }
    const link = { columns: { user_id: 'id' }, where: {} }
    const copied = { ...comment, link, archive: { into: 'old', columns: { id: 'id', clerk: 'clerk' } } }
    const but: But = { comment: { act: 'archive', under: null }, 'comment.clerk': { act: 'detach' } }
    expect(codes(run(tables, [copied, kind('old', 'old')], but))).to.deep.equal([])
  })

  it('that is refused by the server is only an order', () => {
    expect(words(forum(''), [post, comment])).to.deep.equal(['erase comment', 'erase post'])
  })

  it('that holds the link of both leads to rows of one person', () => {
    const tables: Tables = {
      posts: { ...toUser(), unique: ['user_id,id'] },
      comments: {
        columns: { id: 'int', user_id: 'int', post_id: 'int', place: 'varchar(9)', clerk: 'int' },
        indexes: ['clerk'],
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
    const checked = kind('checked', 'comments', {
      of: 'account',
      link: { columns: { clerk: 'id' }, where: {} },
    })
    for (const kinds of [
      [post, comment, checked],
      [post, checked, comment],
    ])
      expect(words(tables, kinds), 'of a further kind as well').to.include.members(['erase post'])
  })

  it('that holds the link of both holds every column of it, each for its own', () => {
    const link = { columns: { nr: 'id', word: 'status' }, where: {} }
    const columns = { id: 'int', nr: 'int', word: 'varchar(10)' }
    const told = (key: string) =>
      codes(
        run(
          {
            posts: { columns, keys: ['nr+word -> users.id+status'], unique: ['nr,word,id'] },
            comments: { columns: { ...columns, post_id: 'int' }, keys: ['nr+word -> users.id+status', key] },
          },
          [
            { ...post, link },
            { ...comment, link },
          ],
        ),
      )
    expect(told('nr+word+post_id -> posts.nr+word+id cascade')).to.deep.equal([])
    expect(told('nr+post_id -> posts.nr+id cascade'), 'half of it').to.deep.equal(['E_CASCADE_BESIDE'])
    expect(told('word+nr+post_id -> posts.nr+word+id cascade')).to.deep.equal(['E_CASCADE_BESIDE'])
  })

  it('that holds the link of both is of two people where they hang on different rows', () => {
    const tables: Tables = {
      boards: toUser(),
      posts: {
        columns: { id: 'int', user_id: 'int' },
        keys: ['user_id -> boards.id'],
        unique: ['user_id,id'],
      },
      comments: {
        columns: { id: 'int', user_id: 'int', post_id: 'int' },
        keys: ['user_id -> users.id', 'user_id+post_id -> posts.user_id+id cascade'],
      },
    }
    const board = kind('board', 'boards', { of: 'account' })
    expect(codes(run(tables, [board, { ...post, of: 'board' }, comment]))).to.deep.equal(['E_CASCADE_BESIDE'])
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

  it('is a ring where its rows go by two names and it may not be NULL', () => {
    const tables = (type: string): Tables => ({
      posts: toUser(),
      comments: {
        columns: { id: 'int', user_id: 'int', post_id: 'int', sort: 'varchar(9)', above: type },
        keys: ['user_id -> users.id', 'post_id -> posts.id', 'above -> comments.id'],
      },
    })
    const side = (name: string, of: string, column: string, where: Record<string, string> = {}) =>
      kind(name, 'comments', { of, link: { columns: { [column]: 'id' }, where } })
    const two = (mine: Record<string, string> = {}, theirs: Record<string, string> = {}) => [
      post,
      ...[side('comment', 'account', 'user_id', mine), side('below', 'post', 'post_id', theirs)],
    ]
    const { problems } = run(tables('int'), two())
    const path = 'below.above → comment.above → below.above'
    expect(problems.map(({ code, table, params }) => [code, table, params])).to.deep.equal([
      ['E_CYCLE', 'comments', { path, one: 'below', other: 'comment' }],
    ])
    expect(codes(run(tables('int null'), two()))).to.deep.equal([])
    expect(
      codes(run(tables('int'), two({ sort: 'a' }, { sort: 'b' }))),
      'one before the other',
    ).to.deep.equal([])
  })

  it('is emptied first where it may be', () => {
    for (const rule of [' cascade', ' set null'])
      expect(words(answers('int null', rule), [comment])).to.deep.equal([
        'detach comment.above',
        'erase comment',
      ])
  })
})
