import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../config/files.ts'
import { fromLogAlone } from '../../jobs/past-runs.ts'
import { spareReasons } from '../../plan/decision.ts'
import { stopText } from '../../report/stops.ts'
import { voiceOf } from '../../report/voice.ts'
import { english } from '../../report/words-en.ts'
import { french } from '../../report/words-fr.ts'

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

  it('hides small counts, and does not repeat what it does not know', () => {
    const voice = voiceOf('en', 'Europe/Paris', true)
    expect(stopText('2 row(s) set aside', voice)).to.equal('<5 rows set aside')
    expect(stopText('2 people called Ada are left', voice)).to.equal('see the log')
  })
})
