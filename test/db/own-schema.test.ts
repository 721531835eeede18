/** Every statement finds our tables in their own schema, and nothing else changes. */
import { expect } from 'chai'
import type { OubliError } from '../../base/errors.ts'
import { migrations } from '../../db/migrations/all.ts'
import { migrate, migrationState } from '../../db/migrate.ts'
import { mysqlDialect } from '../../db/mysql-dialect.ts'
import { ownNames, qualifier } from '../../db/own-names.ts'
import { checkNotLeft, checkOwnPlace, claimOwnSchema } from '../../db/own-place.ts'
import { openDatabase } from '../../db/connect.ts'
import type { Database } from '../../db/session.ts'
import { eachServer } from '../databases.ts'
import { openApart, oursIn, type Apart } from '../own-schema.ts'

describe('a statement on its way to an own schema', () => {
  const at = qualifier('aside')
  const cases: readonly (readonly [string, string])[] = [
    [
      'SELECT token FROM oubli_lease WHERE name = ?',
      'SELECT token FROM `aside`.`oubli_lease` WHERE name = ?',
    ],
    ['INSERT IGNORE INTO `oubli_run` (`id`)', 'INSERT IGNORE INTO `aside`.`oubli_run` (`id`)'],
    ['t.policy = oubli_backlog.policy', 't.policy = `aside`.`oubli_backlog`.policy'],
    ['FROM oubli_run r,oubli_run_policy p', 'FROM `aside`.`oubli_run` r,`aside`.`oubli_run_policy` p'],
    [
      'CREATE INDEX oubli_hold_released_at_kind ON oubli_hold (x)',
      'CREATE INDEX oubli_hold_released_at_kind ON `aside`.`oubli_hold` (x)',
    ],
    ["x = 'oubli_run' AND y = 'it''s oubli_run' OR z = 'a\\'oubli_run'", ''],
    ['SELECT 1 -- from oubli_run\n', ''],
    ['SELECT 1 /* oubli_run\n */ # oubli_run', ''],
    ['SELECT "oubli_run" FROM shop.oubli_run, `a`. `oubli_run`', ''],
    ['SELECT x AS oubli_k0, oubli_running FROM not_oubli_run', ''],
    ['SELECT `oubli_done` AS oubli_c0 FROM `users` WHERE (`oubli_done` IS NULL)', ''],
    ['UPDATE `users` SET `name` = ?,`oubli_done` = ? ORDER BY `oubli_done`', ''],
    [
      'CREATE TABLE IF NOT EXISTS `oubli_run` (`oubli_hold`)',
      'CREATE TABLE IF NOT EXISTS `aside`.`oubli_run` (`oubli_hold`)',
    ],
    [
      "SELECT 'a' FROM `don't` JOIN oubli_run ON '`' = oubli_done.x",
      "SELECT 'a' FROM `don't` JOIN `aside`.`oubli_run` ON '`' = `aside`.`oubli_done`.x",
    ],
  ]
  for (const [text, becomes] of cases)
    it(text.slice(0, 60), () => {
      expect(at(text)).to.equal(becomes === '' ? text : becomes)
    })

  it('meets no index, column or constraint of ours that is called like a table', () => {
    const texts = migrations.flatMap(({ statements }) => statements(mysqlDialect('mariadb')))
    for (const text of texts)
      for (const [, name = ''] of text.matchAll(/(?:INDEX|KEY|COLUMN|AS|UNIQUE) `?(oubli_\w+)`?/g))
        expect([...ownNames], text).not.to.include(name)
  })
})

eachServer('our tables in a schema of their own', (open) => {
  let apart: Apart
  beforeEach(async () => {
    apart = await openApart(open)
  })
  afterEach(() => apart.close())

  const refusal = async (work: Promise<unknown>): Promise<OubliError> =>
    await work.then(
      () => {
        throw new Error('nothing was refused')
      },
      (error: unknown) => error as OubliError,
    )
  const onSite = (text: string): Promise<number> => apart.site.run({ text, values: [] })

  it('are those that the migrations make, all of them, and none is left behind', async () => {
    const { database, settings } = apart
    await migrate(database)
    expect((await migrationState(database)).pending).to.deep.equal([])
    const sandbox = 'oubli_sandbox'
    expect(await oursIn(database, settings.ownSchema ?? '')).to.deep.equal(
      [...ownNames].filter((name) => name !== sandbox).sort(),
    )
    expect(await oursIn(database, settings.database)).to.deep.equal([])
  })

  it('are not made where some stand beside the site, and the statements that are printed move them', async () => {
    const { database, site, settings } = apart
    await migrate(site)
    await onSite(
      "INSERT INTO oubli_hold (id, kind, key_text, matter, because, set_by, set_at, review_by) VALUES ('h', 'account', '[\"1\"]', 'm', 'b', 'DPO', '2026-01-01', '2027-01-01')",
    )
    const refused = await refusal(checkOwnPlace(database))
    expect(refused.code).to.equal('E_OWN_TABLES_ELSEWHERE')
    const statements = refused.remedy.match(/^(?:DROP VIEW|RENAME TABLE)[^;]+/gm) ?? []
    expect(statements).to.have.length(3)
    for (const text of statements) await onSite(text)
    await checkOwnPlace(database)
    expect(await migrate(database)).to.deep.equal([])
    const shown = await database.rows({ text: 'SELECT state FROM oubli_person_status', values: [] })
    expect(shown).to.deep.equal([{ state: 'held' }])
    expect(await oursIn(database, settings.database)).to.deep.equal([])
    await migrate(site)
    expect((await refusal(checkOwnPlace(database))).code).to.equal('E_OWN_TABLES_TWICE')
  })

  it('left only their views behind: these are dropped, and no table is told to be dropped', async () => {
    const { database, site } = apart
    await migrate(site)
    const refused = await refusal(checkOwnPlace(database))
    await onSite(refused.remedy.match(/^RENAME TABLE[^;]+/m)?.[0] ?? '')
    const views = await refusal(checkOwnPlace(database))
    expect([views.code, views.message]).to.deep.equal([
      'E_OWN_TABLES_ELSEWHERE',
      `database.own_schema: expected every view of Oubli in "${apart.settings.ownSchema ?? ''}", found 2 in "${apart.settings.database}"`,
    ])
    const statements = views.remedy.match(/^[A-Z ]+ `[^;]+/gm) ?? []
    expect(statements).to.have.length(2)
    for (const text of statements) await onSite(text)
    expect(await migrate(database)).to.deep.equal([])
    await checkOwnPlace(database)
  })

  it('are missed by settings that do not name their schema any more', async () => {
    const { database, site, settings } = apart
    await migrate(database)
    await claimOwnSchema(database, '2026-01-01')
    const refused = await refusal(checkNotLeft(site))
    expect(refused.code).to.equal('E_OWN_TABLES_ELSEWHERE')
    expect(refused.remedy).to.include(`TO \`${settings.database}\`.\`oubli_lease\``)
    await checkNotLeft(database)
  })

  it('belong to one site', async () => {
    const { database, settings } = apart
    await migrate(database)
    await claimOwnSchema(database, '2026-01-01')
    await checkOwnPlace(database)
    let other: Database | null = null
    await onSite(`CREATE DATABASE ${settings.database}_two`)
    try {
      other = await openDatabase({ ...settings, database: `${settings.database}_two` })
      expect((await refusal(checkOwnPlace(other))).code).to.equal('E_OWN_SCHEMA_TAKEN')
    } finally {
      await other?.close()
      await onSite(`DROP DATABASE ${settings.database}_two`)
    }
  })

  it('need a schema that is there', async () => {
    const lost = await openDatabase({ ...apart.settings, ownSchema: 'oubli_nowhere' })
    try {
      expect((await refusal(checkOwnPlace(lost))).code).to.equal('E_OWN_SCHEMA_MISSING')
    } finally {
      await lost.close()
    }
  })
})
