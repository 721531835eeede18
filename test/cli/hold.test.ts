/** What is typed for a hold: a day on which somebody looks again, and words that the tables take. */
import { expect } from 'chai'
import { eachDatabase } from '../databases.ts'
import { leavesOf } from '../engine/kill.ts'
import { createLab, type Lab, type Said } from './lab.ts'

const long = 'é'.repeat(10_000)

eachDatabase('the command line of holds', (open) => {
  let lab: Lab
  before(async () => {
    lab = await createLab(await open(), 50)
    await lab.oubli(['migrate'])
  })
  after(() => lab.close())

  const hold = (typed: Readonly<Record<string, string>> = {}): Promise<Said> => {
    const words = { matter: 'm', because: 'b', by: 'DPO', 'review-by': '2027-05-01', ...typed }
    const options = Object.entries(words).flatMap(([name, value]) => [`--${name}`, value])
    return lab.oubli(['hold', 'add', 'account', '1', ...options])
  }
  const end = ({ exit, err }: Said) => [exit, err.split(' ')[0]]
  const list = async () =>
    JSON.parse((await lab.oubli(['hold', 'list', '--json'])).out) as {
      readonly id: string
      readonly matter: string
      readonly reviewBy: string
    }[]

  it('refuses what is no day, and a day that is over, and holds nobody', async () => {
    for (const day of ['soon', '2027-5-1', '2027-02-29', 'on the first of May of next year'])
      expect(end(await hold({ 'review-by': day })), day).to.deep.equal([2, 'E_DAY'])
    const over = await hold({ 'review-by': '2026-11-22' })
    expect(end(over)).to.deep.equal([2, 'E_REVIEW_DAY'])
    expect(over.err).to.include('expected 2026-11-23 or a later day, found 2026-11-22')
    expect(await list()).to.deep.equal([])
  })

  it('takes the day of today, and a reason of any length', async () => {
    expect((await hold({ 'review-by': '2026-11-23', matter: long, because: long })).exit).to.equal(0)
    const [held] = await list()
    expect([held?.matter, held?.reviewBy]).to.deep.equal([long, '2026-11-23'])
    expect((await lab.oubli(['hold', 'release', held?.id ?? '', '--by', 'DPO'])).exit).to.equal(0)
  })

  it('releases once: who comes second is told that there is none, and nothing is recorded of it', async () => {
    expect((await hold()).exit).to.equal(0)
    const [held] = await list()
    const release = ['hold', 'release', held?.id ?? '', '--by', 'DPO']
    expect((await lab.oubli(release)).exit).to.equal(0)
    expect(end(await lab.oubli(release))).to.deep.equal([2, 'E_HOLD_UNKNOWN'])
    const released = (await leavesOf(lab.database)).filter(({ kind }) => kind === 'hold.released')
    expect(released.filter((leaf) => leaf['hold'] === held?.id)).to.have.length(1)
  })

  it('refuses a name that no column takes, wherever one is typed, and changes nothing', async () => {
    expect((await hold({ by: 'é'.repeat(200) })).exit).to.equal(0)
    const [held] = await list()
    const keep = ['request', 'keep', 'account', '2', '--because', long]
    const plan = JSON.parse((await lab.oubli(['plan', '--json'])).out) as { readonly fingerprint: string }
    for (const argv of [
      ['hold', 'add', 'account', '2', '--matter', 'm', '--because', 'b', '--review-by', '2027-05-01'],
      ['hold', 'release', held?.id ?? ''],
      keep,
      ['pause'],
      ['approve', plan.fingerprint],
    ]) {
      const said = await lab.oubli([...argv, '--by', long])
      expect([argv[0], ...end(said)]).to.deep.equal([argv[0], 2, 'E_TOO_LONG'])
      expect(said.err).not.to.include('éé')
    }
    expect(await list()).to.have.length(1)
    expect(
      (await lab.oubli(['request', 'keep', 'account', '1', '--because', long, '--by', 'DPO'])).err,
    ).not.to.include('E_UNEXPECTED')
    expect((await lab.oubli(['hold', 'release', held?.id ?? '', '--by', 'DPO'])).exit).to.equal(0)
  })
})
