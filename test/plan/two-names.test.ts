/** Two kinds of one table of which a row can be both: what hangs on it, and by what it is found. */
import { expect } from 'chai'
import type { Kind } from '../../policies/data-map.ts'
import type { Policy } from '../../policies/policy.ts'
import type { Language } from '../../policies/problem.ts'
import { renderPlanProblem, type PlanProblem } from '../../plan/problem-texts.ts'
import { run, type But, type Tables } from './departures.ts'
import {
  account,
  at,
  codes,
  compile,
  event,
  kind,
  mapOf,
  policy,
  schemaOf,
  users,
  type TableSpec,
} from './site-builder.ts'

type Where = Readonly<Record<string, string>>

const archive: But[string] = { act: 'archive', under: null }
const anonymise: But[string] = { act: 'anonymise', under: null }
const by = (column: string, where: Where = {}, above = 'id') => ({ columns: { [column]: above }, where })

const messages = {
  columns: {
    ...{ id: 'int', from_id: 'int null', to_id: 'int null', nr: 'varchar(9)', sort: 'varchar(9)' },
    ...{ lang: 'varchar(9)', body: 'text null', sent_at: 'datetime null' },
  },
  keys: ['from_id -> users.id', 'to_id -> users.id'],
  unique: ['nr'],
}
/** No key from who got it. */
const written = { ...messages, keys: ['from_id -> users.id'] }
const files = { columns: { id: 'int', message: 'int null', sort: 'varchar(9)' }, indexes: ['message'] }
const sent = (more: Partial<Kind> = {}) =>
  kind('sent', 'messages', { of: 'account', link: by('from_id'), ...more })
const received = (more: Partial<Kind> = {}) =>
  kind('received', 'messages', { of: 'account', link: by('to_id'), ...more })
const file = (name: string, of: string, where: Where = {}) =>
  kind(name, 'files', { of, link: by('message', where) })

describe('what hangs on a row that leaves by two names', () => {
  const told = (kinds: readonly Kind[], but: But = {}, tables: Tables = { files }) =>
    run({ messages, ...tables }, kinds, but)
  const refused = (...of: Parameters<typeof told>) => codes(told(...of))

  it('hangs on it by either, or would stay when it goes by the other', () => {
    const { problems } = told([sent(), received(), file('file', 'sent')])
    const stub = [
      '# in data-map.yml:',
      'kinds:',
      '  received_file:',
      '    table: files',
      '    key: [id]',
      '    of: received',
      '    link: { columns: { message: id } }',
    ].join('\n')
    const params = { child: 'file', kind: 'sent', other: 'received', toTable: 'messages', stub }
    const spot = { policy: 'p', table: 'files', column: null, refuses: true, params }
    expect(problems).to.deep.equal([{ code: 'E_BELOW_ONE_NAME', ...spot }])
    expect(refused([sent(), received(), file('file', 'sent'), file('other', 'received')])).to.deep.equal([])
  })

  it('may hang on it by one where no row is both, or where the other leaves it in its table', () => {
    const apart = (a: Where, b: Where) =>
      refused([sent({ link: by('from_id', a) }), received({ link: by('to_id', b) }), file('file', 'sent')])
    expect(apart({ sort: 'a' }, { sort: 'b' })).to.deep.equal([])
    expect(apart({ sort: 'a' }, { lang: 'b' })).to.deep.equal(['E_BELOW_ONE_NAME'])
    for (const rule of [anonymise, { act: 'detach' } as const])
      expect(refused([sent(), received(), file('file', 'sent')], { received: rule })).to.deep.equal([])
    const copied: Partial<Kind> = { archive: { into: 'old', columns: { id: 'id' } } }
    const kinds = [sent(copied), received(copied), file('file', 'sent'), kind('old', 'old')]
    const but: But = { sent: archive, received: archive }
    const tables = { files, old: { columns: { id: 'int' } } }
    expect(refused(kinds, but, tables), 'it goes into an archive').to.deep.equal(['E_BELOW_ONE_NAME'])
  })

  it('may hang on it by one where both are found from the same person at once', () => {
    const one = sent({ link: by('from_id', { sort: 'a' }) })
    const same = kind('draft', 'messages', { of: 'account', link: by('from_id', { lang: 'b' }) })
    const tables = { files, messages: written }
    expect(refused([one, same, file('file', 'sent')], {}, tables)).to.deep.equal([])
  })

  it('hangs on it with no constant more', () => {
    const both = (one: Where, other: Where) =>
      refused([sent(), received(), file('file', 'sent', one), file('other', 'received', other)])
    expect(both({ sort: 'a' }, { sort: 'a' })).to.deep.equal([])
    expect(both({}, { sort: 'b' })).to.deep.equal(['E_BELOW_ONE_NAME'])
    expect(both({ sort: 'a' }, { sort: 'b' }), 'of each').to.deep.equal([
      'E_BELOW_ONE_NAME',
      'E_BELOW_ONE_NAME',
    ])
    const wide = { files: { ...files, columns: { ...files.columns, lang: 'varchar(9)' } } }
    const kinds = [file('file', 'sent', { sort: 'a' }), file('other', 'received', { lang: 'a' })]
    expect(refused([sent(), received(), ...kinds], {}, wide), 'of one column').to.deep.equal([
      'E_BELOW_ONE_NAME',
      'E_BELOW_ONE_NAME',
    ])
    const { problems } = told([sent(), received(), file('file', 'sent', { sort: 'a' })])
    expect(problems[0]?.params['stub']?.split('\n').at(-1)).to.equal(
      '    link: { columns: { message: id }, where: { sort: "a" } }',
    )
  })

  it('is proposed by a name that is free', () => {
    const named = (name: string) => {
      const { problems } = told([
        ...[sent(), received(), file('file', 'sent', { sort: 'a' })],
        file(name, 'received', { sort: 'b' }),
      ])
      return problems.map(({ params }) => params['stub']?.split('\n')[2])
    }
    expect(named('received_file')).to.deep.equal(['  received_file_2:', '  sent_received_file:'])
    expect(named('other')).to.deep.equal(['  received_file:', '  sent_other:'])
  })

  it('hangs on it by the same link, in the same table', () => {
    const columns = { ...files.columns, cover: 'int' }
    const tables = { files: { columns, indexes: ['message', 'cover'] }, pages: files }
    const two = (other: Kind) => refused([sent(), received(), file('file', 'sent'), other], {}, tables)
    expect(two(kind('other', 'files', { of: 'received', link: by('cover') }))).to.include('E_BELOW_ONE_NAME')
    expect(two(kind('other', 'pages', { of: 'received', link: by('message') }))).to.include(
      'E_BELOW_ONE_NAME',
    )
  })

  it('leaves by one act below both, or stays where the policy says so', () => {
    const kinds = [sent(), received(), file('file', 'sent'), file('other', 'received')]
    expect(refused(kinds, { other: { act: 'keep', because: 'x' } })).to.deep.equal([])
    const third = kind('third', 'messages', { of: 'account', link: by('to_id', { sort: 'a' }) })
    const elsewhere = [sent(), received(), third, file('file', 'sent'), file('other', 'third')]
    expect(refused(elsewhere, { other: { act: 'keep', because: 'x' } })).to.deep.equal(['E_BELOW_ONE_NAME'])
  })

  it('hangs on it also by another name of the very row', () => {
    const inbox = kind('inbox', 'messages', { of: 'received', link: by('id') })
    const kinds = [sent(), received(), inbox, file('file', 'sent'), file('other', 'inbox')]
    expect(refused(kinds)).to.deep.equal([])
  })

  it('hangs on it by each column of its link', () => {
    const parts = {
      columns: { id: 'int', message: 'int', nr: 'varchar(9)', sort: 'varchar(9)', lang: 'varchar(9)' },
      indexes: ['message,nr'],
    }
    const tables = { files: parts, messages: { ...messages, unique: ['id,nr'] } }
    const link = { columns: { message: 'id', nr: 'nr' }, where: { sort: 'a', lang: 'b' } }
    const { problems } = told([sent(), received(), kind('file', 'files', { of: 'sent', link })], {}, tables)
    expect(problems[0]?.params['stub']?.split('\n').at(-1)).to.equal(
      '    link: { columns: { message: id, nr: nr }, where: { sort: "a", lang: "b" } }',
    )
  })

  it('is held by its key, emptied by the policy, or deleted along, which is another question', () => {
    const keyed = (rule: string, but: But = {}) =>
      refused([sent(), received(), file('file', 'sent')], but, {
        files: { ...files, keys: [`message -> messages.id${rule}`] },
      })
    expect(keyed('')).to.deep.equal(['E_BELOW_ONE_NAME'])
    expect(keyed(' set null')).to.deep.equal(['E_BELOW_ONE_NAME'])
    expect(keyed('', { 'file.message': { act: 'detach' } })).to.deep.equal([])
    const further = kind('cover', 'files', { of: 'account', link: by('owner') })
    const owned = { ...files.columns, owner: 'int' }
    const tables = { files: { columns: owned, indexes: ['owner'], keys: ['message -> messages.id'] } }
    const but: But = { 'cover.message': { act: 'detach' } }
    const kinds = [sent(), received(), file('file', 'sent'), further]
    expect(refused(kinds, but, tables), 'by a further name of its table').to.deep.equal([])
    expect(refused(kinds, {}, tables)).to.deep.equal(['E_BELOW_ONE_NAME'])
    const page = kind('page', 'pages', { of: 'account', link: by('owner') })
    const pages = {
      columns: { id: 'int', owner: 'int', message: 'int null' },
      ...{ indexes: ['owner'], keys: ['message -> messages.id'] },
    }
    const keyedFiles = { ...files, keys: ['message -> messages.id'] }
    const apart = refused(
      [sent(), received(), file('file', 'sent'), page],
      { 'page.message': { act: 'detach' } },
      { files: keyedFiles, pages },
    )
    expect(apart, 'a rule for another table').to.deep.equal(['E_BELOW_ONE_NAME'])
    expect(keyed(' cascade')).to.deep.equal(['E_CASCADE_BESIDE'])
  })

  it('hangs on what stands below by a further name, but for a row of a table above it', () => {
    const pages = { columns: { id: 'int', file: 'int' }, indexes: ['file'] }
    const page = (name: string, of: string) => kind(name, 'pages', { of, link: by('file') })
    const both = [sent(), received(), file('file', 'sent'), file('other', 'received')]
    expect(refused([...both, page('page', 'file')], {}, { files, pages })).to.deep.equal(['E_BELOW_ONE_NAME'])
    const all = [...both, page('page', 'file'), page('more', 'other')]
    expect(refused(all, {}, { files, pages })).to.deep.equal([])
    const answers: Tables = {
      messages: { ...written, columns: { ...messages.columns, parent: 'int' }, indexes: ['parent'] },
    }
    const answer = kind('answer', 'messages', { of: 'sent', link: by('parent') })
    expect(refused([sent(), answer], {}, answers), 'answers to answers have no end').to.deep.equal([])
  })
})

/** What helps, after the sentence that says what was found; the same number of ways in both languages. */
function ways(problem: PlanProblem | undefined, language: Language = 'en'): readonly string[] {
  if (problem === undefined) return []
  const [, ...more] = renderPlanProblem(problem, language).split(language === 'en' ? ' Or ' : ' Ou ')
  return more
}

describe('by what a row of two names is found', () => {
  const old = { columns: { id: 'int' } }
  const told = (own: Partial<Kind>, other: Partial<Kind>, but: But) =>
    run({ messages, files, old }, [sent(own), received(other), kind('old', 'old')], but)
  const refused = (...of: Parameters<typeof told>) => codes(told(...of))
  const changing = (column: string): Partial<Kind> => ({ personal: { [column]: { strategy: 'null' } } })
  const copied: Partial<Kind> = { archive: { into: 'old', columns: { id: 'id' } } }
  const kept: But = { received: anonymise }

  it('is its link, whatever becomes of it', () => {
    const { problems } = told({}, changing('from_id'), kept)
    expect(ways(problems[0])).to.deep.equal([
      'let "received" go too (`but: { received: erase }`).',
      'leave from_id out of the `personal` of "received" ({ keep: why }).',
    ])
    expect(ways(problems[0], 'fr')).to.have.length(2)
    const params = { kind: 'sent', other: 'received', act: 'erase', own: 'from_id', same: '' }
    const spot = { policy: 'p', table: 'messages', column: 'from_id', refuses: true, params }
    expect(problems).to.deep.equal([{ code: 'E_FOUND_NO_MORE', ...spot }])
    expect(refused(copied, changing('from_id'), { ...kept, sent: archive })).to.deep.equal([
      'E_FOUND_NO_MORE',
    ])
    const body = { personal: { body: { strategy: 'null' as const } } }
    expect(refused(body, changing('from_id'), { ...kept, sent: anonymise })).to.deep.equal([
      'E_FOUND_NO_MORE',
    ])
    expect(refused({}, changing('body'), kept)).to.deep.equal([])
  })

  it('is not asked after where the other has done all of it, or where the link is all that goes', () => {
    const both: Partial<Kind> = { personal: { body: { strategy: 'null' }, from_id: { strategy: 'null' } } }
    expect(refused(changing('body'), both, { ...kept, sent: anonymise })).to.deep.equal([])
    expect(refused({}, changing('from_id'), { ...kept, sent: { act: 'detach' } })).to.deep.equal([])
  })

  it('is a link that is emptied as the row above goes: what is proposed is accepted', () => {
    const below = (but: But, more: Partial<Kind> = {}) => {
      const files = { columns: { id: 'int', message: 'int null', body: 'text null' }, indexes: ['message'] }
      const two = [file('file', 'sent'), { ...file('other', 'received'), ...more }]
      return run({ messages, files, old }, [sent(), received(), ...two, kind('old', 'old')], but)
    }
    const spots = (compiled: ReturnType<typeof run>) =>
      compiled.problems.map(({ code, column, params }) => [code, column, params])
    const params = { kind: 'file', other: 'other', act: 'erase', own: '', same: 'file' }
    const why: Partial<Kind> = { personal: { message: { strategy: 'keep', because: 'x' } } }
    for (const more of [{}, why, changing('message')])
      expect(spots(below({ other: anonymise }, more))).to.deep.equal([['E_FOUND_NO_MORE', 'message', params]])
    expect(spots(below({ other: { act: 'detach' } }))).to.deep.equal([['E_FOUND_NO_MORE', 'message', params]])
    const staying: But = { received: anonymise, other: anonymise }
    expect(spots(below(staying, changing('message'))), 'the row above stays').to.deep.equal([
      ['E_FOUND_NO_MORE', 'message', { ...params, own: 'message' }],
    ])
    const kinds = below({ other: anonymise }).problems
    expect(ways(kinds[0])).to.deep.equal([
      'let "other" go too (`but: { other: erase }`).',
      'anonymise both "file" and "other", with the same `personal`.',
    ])
    expect(ways(kinds[0], 'fr')).to.have.length(2)
    expect(codes(below({}))).to.deep.equal([])
    expect(codes(below({ file: anonymise, other: anonymise }))).to.deep.equal([])
    const one = below({ file: anonymise, other: anonymise }, changing('body'))
    expect(spots(one)).to.deep.equal([
      ['E_FOUND_NO_MORE', 'message', { ...params, kind: 'other', other: 'file', act: '', same: 'other' }],
    ])
  })

  it('is let be by one more archive where the one is archived', () => {
    const { problems } = told(copied, changing('from_id'), { ...kept, sent: archive })
    expect(problems[0]?.params).to.include({ act: 'archive', own: 'from_id' })
    expect(
      refused(copied, { ...copied, ...changing('from_id') }, { sent: archive, received: archive }),
    ).to.deep.equal([])
  })

  it('is each constant, and a key by which others hang on it', () => {
    const fixed = (column: string): Partial<Kind> => ({
      personal: { [column]: { strategy: 'fixed', value: 'x' } },
    })
    const sorted: Partial<Kind> = { link: by('from_id', { sort: 'a' }) }
    expect(refused(sorted, fixed('sort'), kept)).to.deep.equal(['E_FOUND_NO_MORE'])
    expect(refused(sorted, fixed('lang'), kept)).to.deep.equal([])
    const hanging = kind('note', 'notes', { of: 'sent', link: by('message', {}, 'nr') })
    const notes = { columns: { id: 'int', message: 'varchar(9)' }, indexes: ['message'] }
    const unique: Partial<Kind> = { personal: { nr: { strategy: 'unique_address' } } }
    const wide = { ...messages.columns, nr: 'varchar(90)' }
    const columns = { ...notes.columns, message: 'varchar(90)' }
    const tables = { messages: { ...messages, columns: wide }, notes: { ...notes, columns } }
    const kinds = [sent(), received(unique)]
    expect(codes(run(tables, [...kinds, hanging], kept))).to.deep.equal(['E_FOUND_NO_MORE'])
    const other = kind('note', 'notes', { of: 'received', link: by('message', {}, 'nr') })
    const but: But = { ...kept, note: { act: 'erase' } }
    expect(codes(run(tables, [...kinds, other], but)), 'on the other').to.deep.equal([])
    expect(codes(run(tables, kinds, kept))).to.deep.equal([])
  })

  it('is what the same person has by both names: they go together', () => {
    const one = sent({ link: by('from_id', { sort: 'a' }) })
    const same = kind('draft', 'messages', { of: 'account', link: by('from_id', { lang: 'b' }) })
    expect(codes(run({ messages: written }, [one, same], { draft: anonymise }))).to.deep.equal([])
    const [only, ...more] = run({ messages: written }, [one, same], { draft: anonymise }, 'archive').problems
    expect([only?.code, ...more], 'whatever becomes of the person').to.deep.equal(['E_ARCHIVE_MISSING'])
    const tables = {
      messages: written,
      devices: { columns: { id: 'int', user_id: 'int' }, indexes: ['user_id'] },
    }
    const device = kind('device', 'devices', { of: 'account', link: by('user_id') })
    const called = kind('called', 'messages', { of: 'device', link: by('from_id') })
    expect(codes(run(tables, [sent(), device, called], {}, 'archive'))).to.deep.equal(['E_ARCHIVE_MISSING'])
  })

  it('is each row above: of two tables, two rows are meant', () => {
    const owned = { columns: { id: 'int', user_id: 'int' }, keys: ['user_id -> users.id'] }
    const tables = { phones: owned, cars: owned, messages: { ...messages, keys: [], indexes: ['from_id'] } }
    const two = (more: Partial<Kind>) => [
      kind('phone', 'phones', { of: 'account', link: by('user_id') }),
      kind('car', 'cars', { of: 'account', link: by('user_id') }),
      kind('called', 'messages', { of: 'phone', link: by('from_id') }),
      kind('driven', 'messages', { of: 'car', link: by('from_id'), ...more }),
    ]
    expect(codes(run(tables, two({}), { driven: anonymise }))).to.deep.equal(['E_FOUND_NO_MORE'])
    const both = { ...tables, old }
    const kinds = [...two(copied), kind('old', 'old')]
    expect(codes(run(both, kinds, { driven: archive }))).to.deep.equal(['E_TWO_ACTS'])
  })

  it('is each column of its link, and of two of them what is emptied says why', () => {
    const parts = (nr: string) => ({
      columns: { id: 'int', message: 'int null', nr, sort: 'varchar(9)', body: 'text null' },
      indexes: ['message,nr', 'nr,message'],
    })
    const link = (columns: Readonly<Record<string, string>>, where: Where = {}) => ({
      link: { columns, where },
    })
    const below = (nr: string, but: But, own: Partial<Kind>, other: Partial<Kind>, where: Where = {}) =>
      run(
        { files: parts(nr), messages: { ...messages, unique: ['id,nr'] } },
        [
          ...[sent(), received()],
          kind('file', 'files', { of: 'sent', ...link({ message: 'id', nr: 'nr' }, where), ...own }),
          kind('other', 'files', { of: 'received', ...link({ nr: 'nr', message: 'id' }), ...other }),
        ],
        but,
      ).problems.flatMap(({ code, column, params }) => (code === 'E_FOUND_NO_MORE' ? [[column, params]] : []))
    const params = { kind: 'file', other: 'other', act: 'erase', own: '', same: 'file' }
    const wide = 'varchar(9) null'
    expect(below(wide, { other: anonymise }, {}, {})).to.deep.equal([['message, nr', params]])
    const sorted: Partial<Kind> = { personal: { sort: { strategy: 'fixed', value: 'x' } } }
    expect(below(wide, { other: anonymise }, {}, sorted, { sort: 'a' })).to.deep.equal([
      ['message, nr, sort', params],
    ])
    expect(below('varchar(9)', { file: anonymise, other: anonymise }, {}, changing('body'))).to.deep.equal([
      ['message', { ...params, kind: 'other', other: 'file', act: '', same: 'other' }],
    ])
  })
})

describe('by what a row of a policy is found', () => {
  const tickets = {
    columns: {
      ...{ id: 'int', seen_at: 'datetime null', made_at: 'datetime null', parent: 'int null' },
      ...{ type: 'varchar(9) null', size: 'int null', body: 'text null' },
    },
    indexes: ['seen_at', 'made_at', 'parent'],
  }
  const refused = (
    column: string,
    only: Policy['only'] = [],
    otherwise: string | null = null,
    where: Where = {},
  ) => {
    const more = otherwise === null ? {} : { else: at(otherwise) }
    const ticket = kind('ticket', 'tickets', { events: { seen: event([at('seen_at')], more) } })
    const followup = kind('followup', 'tickets', {
      ...{ of: 'ticket', link: by('parent', where), personal: { [column]: { strategy: 'null' } } },
    })
    const compiled = compile(schemaOf({ tickets, users }), mapOf([account, ticket, followup]), [
      policy('ticket', { but: { followup: anonymise }, only }),
    ])
    return compiled.problems.map((one) => `${one.code} ${one.column ?? ''}`)
  }

  it('is its clock, also the date that stands in for it', () => {
    expect(refused('seen_at')).to.deep.equal(['E_OWN_CLOCK_STARVED seen_at'])
    expect(refused('made_at', [], 'made_at')).to.deep.equal(['E_OWN_CLOCK_STARVED made_at'])
    expect(refused('made_at')).to.deep.equal([])
    expect(refused('body')).to.deep.equal([])
  })

  it('is every column of its `only`', () => {
    const type: Policy['only'] = [{ column: 'type', test: 'is one of', values: ['bill'] }]
    const size: Policy['only'] = [{ column: 'size', test: 'at least', amount: '9' }]
    expect(refused('type', type)).to.deep.equal(['E_FOUND_NO_MORE type'])
    expect(refused('size', size)).to.deep.equal(['E_FOUND_NO_MORE size'])
    expect(refused('type', size)).to.deep.equal([])
    expect(refused('body', size, null, { size: '5' })).to.deep.equal([])
  })
})

describe('the date by which the people of a policy stay', () => {
  const devices = {
    columns: { id: 'int', user_id: 'int null', lent_to: 'int null' },
    keys: ['user_id -> users.id', 'lent_to -> users.id'],
  }
  const sessions = { columns: { id: 'int', device: 'int', made_at: 'datetime' }, indexes: ['device'] }
  const device = kind('device', 'devices', { of: 'account', link: by('user_id') })
  const session = kind('session', 'sessions', { of: 'device', link: by('device') })
  const clocked = { ...account, events: { seen: event([at('seen_at'), at('sessions.made_at')]) } }
  const told = (but: But, lent: Partial<Kind> = {}, person: Kind = clocked) =>
    run(
      { devices, sessions },
      [person, device, session, kind('lent', 'devices', { of: 'account', link: by('lent_to'), ...lent })],
      but,
    )
  const owned: Partial<Kind> = { personal: { user_id: { strategy: 'null' } } }
  const detach: But[string] = { act: 'detach' }

  it('is not taken from the way by rows that go with somebody else', () => {
    const { problems } = told({ device: detach, session: detach })
    const found = problems.filter(({ code }) => code === 'E_OWN_CLOCK_STARVED')
    const params = { kind: 'account', other: 'lent', source: 'sessions.made_at' }
    const taken = { ...params, letting: 'lent', own: '' }
    expect(found.map(({ table, column, params: of }) => [table, column, of])).to.deep.equal([
      ['devices', null, taken],
    ])
    expect(ways(found[0])).to.deep.equal([
      'let those rows stay where their link may be NULL (`but: { lent: detach }`, or { keep: why } there).',
    ])
    expect(ways(found[0], 'fr')).to.have.length(1)
    for (const word of [detach, { act: 'keep', because: 'x' } as const])
      expect(codes(told({ lent: word }))).to.deep.equal([])
    expect(codes(told({ lent: anonymise }))).to.deep.equal([])
  })

  it('is not emptied on the way', () => {
    const { problems } = told({ lent: anonymise }, owned)
    const found = problems.find(({ code }) => code === 'E_OWN_CLOCK_STARVED')
    expect(found).to.include({ table: 'devices', column: 'user_id' })
    expect(ways(found)[0]).to.match(/^let user_id be /)
    expect(ways(found)).to.have.length(1)
    expect(ways(found, 'fr')).to.have.length(1)
    const params = { kind: 'account', other: 'lent', source: 'sessions.made_at' }
    expect(found?.params).to.deep.equal({ ...params, letting: '', own: 'lent' })
    expect(codes(told({ lent: anonymise }, owned, account))).to.deep.equal(['E_FOUND_NO_MORE'])
  })

  it('goes with the person, by whatever name', () => {
    const same = kind('person', 'users', { of: 'account', link: by('id') })
    const visit = kind('visit', 'sessions', { of: 'person', link: by('device') })
    const kinds = [clocked, same, visit]
    expect(codes(run({ sessions }, kinds))).to.deep.equal([])
    const made: Partial<Kind> = { personal: { made_at: { strategy: 'fixed', value: '2000-01-01 00:00:00' } } }
    const fixed = [clocked, same, { ...visit, ...made }]
    const loose = { ...sessions, columns: { ...sessions.columns, device: 'int null' } }
    expect(codes(run({ sessions: loose }, fixed, { visit: anonymise }))).to.deep.equal([])
  })
  it('is found through each row between, whatever columns lead there', () => {
    const gadget = kind('gadget', 'devices', { of: 'device', link: by('id') })
    const seen = kind('session', 'sessions', { of: 'gadget', link: by('device') })
    const plain = { ...devices, keys: ['user_id -> users.id'] }
    const kinds = [clocked, device, gadget, seen]
    expect(codes(run({ devices: plain, sessions }, kinds)), 'one row').to.deep.equal([])
    const parts = { ...plain, columns: { ...devices.columns, part_of: 'int null' }, indexes: ['part_of'] }
    const part = kind('part', 'devices', { of: 'device', link: by('part_of') })
    const ofPart = kind('session', 'sessions', { of: 'part', link: by('device') })
    const two = run({ devices: parts, sessions }, [clocked, device, part, ofPart], { part: detach })
    const [lost] = two.problems
    expect([lost?.code, lost?.table, lost?.params['other']]).to.deep.equal([
      ...['E_OWN_CLOCK_STARVED', 'devices', 'device'],
    ])
    const profiles = { columns: { id: 'int', owner: 'int' }, indexes: ['owner'] }
    const views = { columns: { id: 'int', profile: 'int', made_at: 'datetime' }, indexes: ['profile'] }
    const dated = { ...account, events: { seen: event([at('seen_at'), at('views.made_at')]) } }
    const profile = kind('profile', 'profiles', { of: 'account', link: by('id') })
    const owned = kind('owned', 'profiles', { of: 'account', link: by('owner') })
    const view = kind('view', 'views', { of: 'profile', link: by('profile') })
    const [taken] = run({ profiles, views }, [dated, profile, owned, view]).problems
    expect([taken?.code, taken?.table, taken?.params['other']]).to.deep.equal([
      ...['E_OWN_CLOCK_STARVED', 'profiles', 'owned'],
    ])
  })

  it('may be one hop away, or be lost by the very link: then no word helps', () => {
    const people: TableSpec = {
      columns: { ...users.columns, sponsor: 'int null', nr: 'varchar(90)' },
      unique: ['email', 'nr'],
      indexes: ['seen_at', 'sponsor'],
    }
    const friend = (more: Partial<Kind>) =>
      kind('friend', 'users', { of: 'account', link: by('sponsor'), ...more })
    const near = kind('session', 'sessions', { of: 'account', link: by('device', {}, 'nr') })
    const wide = { ...sessions, columns: { ...sessions.columns, device: 'varchar(90)' } }
    const renamed = friend({ personal: { nr: { strategy: 'unique_address' } } })
    const starved = (...of: Parameters<typeof run>) =>
      run(...of).problems.flatMap(({ code, params: { other, source, letting } }) =>
        code === 'E_OWN_CLOCK_STARVED' ? [[other, source, letting]] : [],
      )
    expect(
      starved({ users: people, sessions: wide }, [clocked, near, renamed], { friend: anonymise }),
    ).to.deep.equal([['friend', 'sessions.made_at', '']])
    const ofFriend = kind('session', 'sessions', { of: 'friend', link: by('device') })
    expect(
      starved({ users: people, sessions }, [clocked, friend({}), ofFriend], { friend: detach }),
      'not by rows of the policy itself',
    ).to.deep.equal([])
    const lent = kind('lent', 'devices', { of: 'friend', link: by('user_id') })
    expect(
      starved({ users: people, devices, sessions }, [clocked, friend({}), device, session, lent]),
    ).to.deep.equal([['lent', 'sessions.made_at', '']])
  })

  it('is not emptied in what leads there, nor its constants', () => {
    const tables = {
      devices: {
        ...devices,
        columns: { ...devices.columns, nr: 'varchar(90)', sort: 'varchar(9)' },
        unique: ['nr'],
      },
      sessions: { ...sessions, columns: { ...sessions.columns, device: 'varchar(90)' } },
    }
    const starved = (more: Partial<Kind>) =>
      run(
        tables,
        [
          clocked,
          kind('device', 'devices', { of: 'account', link: by('user_id', { sort: 'a' }) }),
          kind('session', 'sessions', { of: 'device', link: by('device', {}, 'nr') }),
          kind('lent', 'devices', { of: 'account', link: by('lent_to'), ...more }),
        ],
        { lent: anonymise },
      ).problems.flatMap(({ code, column }) => (code === 'E_OWN_CLOCK_STARVED' ? [column] : []))
    expect(starved({ personal: { nr: { strategy: 'unique_address' } } })).to.deep.equal(['nr'])
    const sorted: Partial<Kind> = {
      personal: { user_id: { strategy: 'null' }, sort: { strategy: 'fixed', value: 'x' } },
    }
    expect(starved(sorted)).to.deep.equal(['user_id, sort'])
  })
})
