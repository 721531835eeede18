/** Which signs of life of a fresh proposal are told to a map that its people have been in for long. */
import { expect } from 'chai'
import type { Draft, DraftKind } from '../../../plan/draft/draft.ts'
import { newClocks } from '../../../plan/draft/new-clocks.ts'
import { differenceText } from '../../../plan/draft/write-map.ts'
import { remark, remarkText } from '../../../plan/draft/remarks.ts'
import type { DataMap, Event, Kind } from '../../../policies/data-map.ts'
import { at, event, kind, mapOf } from '../site-builder.ts'

const seen = { seen: event([at('seen_at')], { slides: 'by the person' }) }
const people = (more: Partial<Kind> = {}): Kind =>
  kind('account', 'users', { subject: true, events: seen, ...more })

interface Fresh {
  /** As a proposal names them. */
  readonly sources?: readonly string[]
  readonly start?: string
  readonly unused?: readonly string[]
  readonly slides?: boolean
}

function told(
  fresh: Fresh | null,
  known: readonly Kind[] = [people()],
  { text = '', more = {} }: { readonly text?: string; readonly more?: Partial<DataMap> } = {},
): readonly (readonly [string, readonly unknown[]])[] {
  const { sources = [], start = null, unused = [], slides = true } = fresh ?? {}
  const events =
    fresh === null
      ? []
      : [
          {
            slides,
            sources: sources.map((column) => ({ column })),
            else: start === null ? null : { column: start },
          },
        ]
  const remarks = [
    remark('linkUnknown' as never, { column: 'other' }),
    ...unused.map((column) => remark('clockUnused', { column })),
  ]
  const draft = {
    kinds: [{ name: 'user', table: 'users', events, remarks } as unknown as DraftKind],
  } as unknown as Draft
  return newClocks(draft, mapOf(known, more), text).map((one) => [
    one.kind,
    one.remarks.map(({ code, params }) => (code === 'clockUnused' ? params['column'] : code)),
  ])
}

describe('signs of life that no clock of the map reads', () => {
  it('are the sources of a clock that moves, and what was too much for it, each once', () => {
    const sources = ['seen_at', 'login_at', 'visits.at', 'login_at']
    expect(told({ sources, unused: ['paid_at', 'visits.at'] })).to.deep.equal([
      ['account', ['login_at', 'visits.at', 'paid_at']],
    ])
    expect(told({ sources, slides: false })).to.deep.equal([])
    expect(told(null)).to.deep.equal([])
    const start = 'created_at'
    expect(told({ sources: ['login_at', start], start }), 'a date that all have').to.deep.equal([
      ['account', ['login_at']],
    ])
  })

  it('are told to people of this table whose clock they or a rule may move', () => {
    const fresh = { sources: ['login_at'] }
    const clock = (more: Partial<Event>, sources = [at('seen_at')]) =>
      told(fresh, [people({ events: { seen: event(sources, more) } })]).length
    expect(clock({})).to.equal(0)
    expect(clock({ slides: 'by the person' })).to.equal(1)
    expect(clock({ else: at('created_at') })).to.equal(1)
    expect(clock({}, [at('seen_at'), at('paid_at')])).to.equal(1)
    const fixed = { born: event([at('born_at')]) }
    expect(told(fresh, [people({ events: { ...fixed, ...seen } })])).to.have.length(1)
    expect(told(fresh, [people({ subject: false })])).to.deep.equal([])
    expect(told(fresh, [people({ table: 'others' })])).to.deep.equal([])
    expect(told(fresh, [people({ events: {} })])).to.deep.equal([])
  })

  it('are not read by any kind of the table, nor waived there, nor out of scope', () => {
    const sources = ['login_at', 'visits.at']
    const both = (more: Partial<Event>) => [
      people(),
      people({ name: 'member', events: { seen: { ...seen.seen, ...more } } }),
    ]
    expect(told({ sources }, both({ latestOf: [at('users.login_at')] }))).to.deep.equal([
      ['account', ['visits.at']],
    ])
    expect(told({ sources }, both({ else: at('visits.at') }))).to.deep.equal([['account', ['login_at']]])
    const waived = { 'users.login_at': 'x', 'visits.at': 'y' }
    expect(told({ sources }, both({ waived }))).to.deep.equal([])
    expect(told({ sources }, both({ waived: { login_at: 'x' } }))).to.deep.equal([['account', ['visits.at']]])
    const more = { outOfScope: { visits: 'x', login_at: 'y' } }
    expect(told({ sources }, [people()], { more })).to.deep.equal([['account', ['login_at']]])
    const word = 'user_meta.meta_value (meta_key = last. login)'
    expect(told({ unused: [word] })).to.deep.equal([['account', [word]]])
    expect(told({ unused: [word] }, both({ waived: { 'user_meta.meta_value': 'x' } }))).to.deep.equal([])
    expect(told({ unused: [word] }, [people()], { more: { outOfScope: { user_meta: 'x' } } })).to.deep.equal(
      [],
    )
  })

  it('are not told again where a comment of the map says so, in either language and over several lines', () => {
    for (const lang of ['en', 'fr'] as const) {
      const words = remarkText(remark('clockUnused', { column: 'login_at' }), lang)
      const text = `  account:\n    # todo: ${words.replaceAll(' ', '\n    #   ')}\n`
      expect(told({ sources: ['login_at', 'paid_at'] }, [people()], { text }), lang).to.deep.equal([
        ['account', ['paid_at']],
      ])
    }
  })
})

describe('what a later proposal adds to kinds that are there', () => {
  it('stands under its own kind', () => {
    const unused = (column: string) => ({ remarks: [remark('clockUnused', { column })] })
    const column = (name: string) => ({
      columns: [{ name, meaning: 'phone' as const, strategy: null, sure: true }],
    })
    const text = differenceText(
      {
        ...{ kinds: [], policies: [], unmapped: [], things: [] },
        clocks: [
          { kind: 'account', ...unused('login_at') },
          { kind: 'member', ...unused('paid_at') },
        ],
        columns: [
          { kind: 'member', ...column('phone') },
          { kind: 'guest', ...column('street') },
        ],
      },
      [],
      'en',
    )
    const words = /^ {2}\w+:$|login_at|paid_at|\.phone|\.street/gm
    expect([...text.matchAll(words)].map(([word]) => word.trim())).to.deep.equal([
      ...['account:', 'login_at', 'member:', 'paid_at', '.phone', 'guest:', '.street'],
    ])
  })
})
