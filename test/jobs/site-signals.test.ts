/** What several writers do to the server is seen by the history list above that of the first look. */
import { expect } from 'chai'
import { loadSettings } from '../../config/load.ts'
import { mysqlDialect } from '../../db/mysql-dialect.ts'
import type { Database, Row, Statement } from '../../db/session.ts'
import { writersFor } from '../../engine/throttle.ts'
import { siteSignals, type SiteSignals } from '../../jobs/site-signals.ts'

/** A server whose history list has this length at each look; null: it does not say. */
function serverWith(history: () => number | null): Database {
  const rows = ({ text }: Statement): Promise<readonly Row[]> => {
    if (!text.startsWith('SHOW GLOBAL STATUS')) return Promise.resolve([{ found: '0' }])
    const found = history()
    return Promise.resolve(
      found === null ? [] : [{ Variable_name: 'Innodb_history_list_length', Value: String(found) }],
    )
  }
  return { dialect: mysqlDialect('mariadb'), rows } as unknown as Database
}

async function signalsOf(history: () => number | null): Promise<SiteSignals> {
  const settings = await loadSettings({ cwd: '/nowhere', env: {} })
  return siteSignals(serverWith(history), settings, () => 0)
}

describe('the signals of a site', () => {
  it('tell how far the history list is above that of the first look, and two writers become one', async () => {
    let history = 40
    const { look, historyAboveStart, readings } = await signalsOf(() => history)
    expect(historyAboveStart(), 'before the first look').to.equal(null)
    let writers = 1
    for (const [length, above, most] of [
      [40, 0, 2],
      [539, 499, 2],
      [640, 600, 1],
      [440, 400, 1],
      [340, 300, 2],
      [7, 0, 2],
    ] as const) {
      history = length
      await look()
      expect(historyAboveStart(), String(length)).to.equal(above)
      expect(readings().find(({ signal }) => signal === 'history_list')?.value).to.equal(above)
      expect(
        (writers = writersFor(2, writers, 'grow', historyAboveStart())),
        `writers at ${length}`,
      ).to.equal(most)
    }
  })

  it('tell nothing of a history list that the server does not show, and there is one writer', async () => {
    const { look, historyAboveStart } = await signalsOf(() => null)
    await look()
    expect(historyAboveStart()).to.equal(null)
    expect(writersFor(2, 2, 'grow', historyAboveStart())).to.equal(1)
  })
})
