import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../config/files.ts'
import { tooManyWait } from '../../jobs/backlog.ts'
import { fromLogAlone } from '../../jobs/past-runs.ts'
import { tooManyGo } from '../../jobs/replay-ceilings.ts'
import { ending } from '../../jobs/replay-close.ts'
import type { ReplayReport } from '../../jobs/replay-look.ts'
import { spareReasons } from '../../plan/decision.ts'
import { stopText } from '../../report/stops.ts'
import { voiceOf } from '../../report/voice.ts'
import { english } from '../../report/words-en.ts'
import { french } from '../../report/words-fr.ts'
import { sayOf } from '../../report/words.ts'

const keys = Object.keys(english) as (keyof typeof english)[]
const names = (text: string): readonly string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort()

describe('the words of the report', () => {
  it('have the same keys and the same places to fill in both languages', () => {
    expect(Object.keys(french).sort()).to.deep.equal([...keys].sort())
    for (const key of keys) expect(names(french[key]), key).to.deep.equal(names(english[key]))
  })

  it('are not left in English', () => {
    expect(keys.filter((key) => french[key] === english[key])).to.deep.equal([])
    const left = keys.filter((key) => /\b(the|and|of|is|are|was|not|rows|people)\b/i.test(french[key]))
    expect(left).to.deep.equal([])
  })

  it('are all that the page asks for', () => {
    const page = readFileSync(join(packageRoot(), 'templates/report/page.hbs'), 'utf8')
    const asked = [...page.matchAll(/\bw\.([A-Za-z_]+)/g)].map(([, key = '']) => key)
    expect(asked.length).to.be.greaterThan(50)
    expect(asked.filter((key) => !Object.hasOwn(english, key))).to.deep.equal([])
  })

  it('know every reason', () => {
    for (const reason of spareReasons) expect(english).to.have.property(`r_${reason}`)
  })
})

describe('the last line of a run', () => {
  const said = [
    'all that was due is done',
    'the slice is done, 12 left, done about 1 March 2027 (500 a run)',
    'the slice is done, 12 left, and as much becomes due as a run takes',
    'a pilot of 10, 10 done and nothing of them left, 1,300 still due',
    'observed only, nothing was changed',
    'no policy of this run warns',
    'refused by a safety stop: cookies, invoices-active',
    'refused, the data map does not fit the database: 1 problem(s)',
    '12 row(s) of what was done are still there',
    '12 row(s) set aside',
    'the time of this run is used up, 12 left',
    'interrupted by SIGTERM',
    'E_DATABASE_LOST',
    fromLogAlone,
  ]

  it('is known in both languages, as it is written', () => {
    const en = said.map((line) => stopText(line, voiceOf('en', 'Europe/Paris', true)))
    const fr = said.map((line) => stopText(line, voiceOf('fr', 'Europe/Paris', true)))
    expect([...en, ...fr]).not.to.include.members([english.s_other])
    expect(new Set([...en, ...fr]).size).to.equal(said.length * 2)
    expect(fr[1]).to.equal('une tranche est faite, il en reste 12, fin prévue vers le 1er mars 2027')
    const before = stopText(
      'the slice is done, 12 left, done about 2027-03-01',
      voiceOf('fr', 'Europe/Paris', true),
    )
    expect(before, 'as an earlier version wrote it').to.equal(fr[1])
  })

  it('is known of every end of a replay', () => {
    const policies = [{ policy: 'p', what: 'erased', again: 0, held: 7, restricted: 0, left: 0 }]
    const [holds, requests] = [Array(7).fill('h'), Array(7).fill('r')]
    const report = {
      ...{ policies: [], leftBehind: 0, untold: 0, unnamedMails: 0, lostHolds: [], lostRequests: [] },
    } as unknown as ReplayReport
    const ends = [
      ...[{}, { policies }, { leftBehind: 7 }, { untold: 7 }, { unnamedMails: 7 }, { lostHolds: holds }],
      ...[{ lostRequests: requests }, { policies, lostHolds: holds }],
    ].map((more) => ending({ ...report, ...more } as ReplayReport).whyStopped)
    const halts = [tooManyGo, tooManyWait, '7 row(s) are in use', 'interrupted by SIGTERM']
    const lines = [...ends, ...halts.map((why) => `${why}; run it again to go on`)]
    for (const [lang, words] of [
      ['en', english],
      ['fr', french],
    ] as const) {
      const voice = voiceOf(lang, 'Europe/Paris', true)
      const told = lines.map((line) => stopText(line, voice))
      for (const text of told) expect(text).not.to.include(words.s_other)
      expect(new Set(told).size).to.equal(lines.length)
      expect(sayOf(voice.say, 'job', 'replay')).to.equal(words.job_replay)
      expect(stopText(`${ends[1] ?? ''}; the evidence waits to be sealed: E_DISK`, voice)).to.include(told[1])
    }
    const voice = voiceOf('en', 'Europe/Paris', true)
    expect(stopText('replayed; 2 people are still here; 12 hold(s) must be set again', voice)).to.equal(
      '<5 people who went before are still here; 12 holds must be set again',
    )
  })

  it('hides small counts, and does not repeat what it does not know', () => {
    const voice = voiceOf('en', 'Europe/Paris', true)
    expect(stopText('2 row(s) set aside', voice)).to.equal('<5 rows set aside')
    expect(stopText('2 people called Ada are left', voice)).to.equal('see the log')
  })
})
