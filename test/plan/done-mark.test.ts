import { expect } from 'chai'
import { isStillDone } from '../../plan/done-mark.ts'
import type { CompiledPolicy } from '../../plan/compiled.ts'
import { account, at, compile, event, mapOf, onlyPolicy, policy, schemaOf, users } from './site-builder.ts'

const table = {
  ...users,
  columns: { ...users.columns, made_at: 'datetime null', asked_at: 'datetime null' },
  indexes: ['seen_at', 'made_at', 'asked_at'],
}
const years = (n: number) => ({ years: n, months: 0, weeks: 0, days: 0, hours: 0 })
const compiledFor = (term: number, more: Partial<typeof account> = {}): CompiledPolicy =>
  onlyPolicy(
    compile(schemaOf({ users: table }), mapOf([{ ...account, ...more }]), [
      policy('account', { then: 'anonymise', keepAtMost: years(term) }),
    ]),
  )
const three = compiledFor(3)
const five = compiledFor(5)
/** In Paris it is then the 1 June; who was seen on the 31 May three years before was due. */
const act = Date.parse('2026-06-01T04:30:00Z')

/** `then`: what the clock said behind the act; null where the mark does not know it. */
function holds(
  seen: string | null,
  then: string | null = null,
  one = three,
  kept?: readonly string[],
): boolean {
  const facts = {
    readings: [{ earliest: seen, latest: seen }],
    else: null,
    ...(kept === undefined ? {} : { kept: kept.map((day) => Date.parse(day)) }),
  }
  return isStillDone(one, facts, { at: act, clock: then === null ? null : [then] })
}

describe('a mark of ours', () => {
  const before = '2020-01-01 08:00:00'

  it('holds for every clock that was due at the act, to the day', () => {
    for (const then of [before, null]) expect(holds('2023-05-31 23:59:59', then)).to.equal(true)
    expect(holds(before, before)).to.equal(true)
    expect(holds('2023-06-01 00:00:00', before)).to.equal(false)
  })

  it('gives way to a sign of life on the day of the act, before it or behind it', () => {
    for (const seen of ['2026-06-01 00:00:00', '2026-06-01 06:30:00', '2026-06-01 09:00:00'])
      for (const then of [before, null]) expect(holds(seen, then), seen).to.equal(false)
  })

  it('holds when the clock says nothing any more, and leaves what cannot be read to the judgement', () => {
    for (const then of [before, null]) {
      expect(holds(null, then)).to.equal(true)
      expect(holds('0000-00-00 00:00:00', then)).to.equal(false)
    }
  })

  it('holds for whoever would not be due yet by a longer term, as long as their clock does not go on', () => {
    expect(holds('2022-03-01 08:00:00', '2022-03-01 08:00:00', five)).to.equal(true)
    expect(holds('2022-02-01 08:00:00', '2022-03-01 08:00:00', five), 'rows left').to.equal(true)
    expect(holds('2022-03-01 08:00:01', '2022-03-01 08:00:00', five)).to.equal(false)
    expect(holds('2022-03-01 08:00:00', null, five), 'nobody knows how it stood').to.equal(true)
  })

  it('gives way to what was brought in late: from the month before the act where it does not know the clock', () => {
    expect(holds('2026-05-02 06:00:00')).to.equal(true)
    expect(holds('2026-05-02 06:29:59')).to.equal(true)
    expect(holds('2026-05-02 06:30:00'), 'thirty days, to the second').to.equal(false)
    expect(holds('2026-05-02 07:00:00')).to.equal(false)
    expect(holds('2024-05-02 12:00:00', before)).to.equal(false)
  })

  it('gives way to a request to stay behind the act, and not to one of before', () => {
    const asked = '2022-03-01T08:00:00Z'
    expect(holds(before, before, five, [asked])).to.equal(true)
    expect(holds(before, before, five, ['2026-06-01T04:30:00Z']), 'of the run itself').to.equal(true)
    expect(holds(before, before, five, ['2026-07-01T08:00:00Z'])).to.equal(false)
    expect(holds(before, null, five, ['2026-07-01T08:00:00Z'])).to.equal(false)
  })

  it('knows what decided where the sources were silent, and does not compare clocks of other sources', () => {
    const seen = event([at('seen_at', { never: [null] })], { else: at('made_at') })
    const name = Object.keys(account.events)[0] ?? ''
    const one = compiledFor(5, { events: { [name]: seen } })
    expect(one.clock.else?.column).to.equal('made_at')
    const still = (login: string | null, made: string, texts: readonly (string | null)[]) =>
      isStillDone(
        one,
        { readings: [{ earliest: login, latest: login }], else: made },
        { at: act, clock: texts },
      )
    const made = '2022-03-01 08:00:00'
    expect(still(null, made, [null, made])).to.equal(true)
    expect(still(null, made, ['2022-04-01 08:00:00', made]), 'emptied since').to.equal(true)
    expect(still('2022-04-01 08:00:00', made, [null, made])).to.equal(false)
    expect(still('2022-04-01 08:00:00', made, [made]), 'one source then').to.equal(true)
    expect(still('2022-04-01 08:00:00', made, [null, null]), 'it said nothing').to.equal(true)
    expect(still('2026-05-20 08:00:00', made, [made])).to.equal(false)
    const two = event([at('seen_at', { never: [null] }), at('asked_at', { never: [null] })], {
      else: at('made_at'),
    })
    const silent = { earliest: null, latest: null }
    const ofTwo = compiledFor(5, { events: { [name]: two } })
    const since = (day: string) =>
      isStillDone(ofTwo, { readings: [silent, silent], else: day }, { at: act, clock: [null, null, made] })
    expect([since(made), since('2022-04-01 08:00:00')], 'both sources silent').to.deep.equal([true, false])
  })
})
