/** What names say: words, plurals, links, people. */
import { expect } from 'chai'
import {
  gluedWords,
  inSingular,
  isGluedKey,
  looksLikeLinkTo,
  singular,
  soundsLikeLink,
  targetNames,
  targetWords,
} from '../../plan/link-words.ts'
import { looksPersonal, wordsOf } from '../../plan/personal-words.ts'
import type { Column } from '../../plan/site-schema.ts'
import { schemaOf } from './site-builder.ts'

function column(name: string, type = 'int'): Column {
  return schemaOf({ t: { columns: { [name]: type } } }).get('t')!.columns[0]!
}

describe('a plural', () => {
  it('loses its ending, and a word that only looks like one does not', () => {
    const plurals: Readonly<Record<string, string>> = {
      keys: 'key',
      users: 'user',
      cookies: 'cookie',
      movies: 'movie',
      calories: 'calorie',
      categories: 'category',
      addresses: 'address',
      boxes: 'box',
      branches: 'branch',
      dishes: 'dish',
    }
    for (const [many, one] of Object.entries(plurals)) expect(singular(many), many).to.equal(one)
    const others = ['address', 'status', 'analysis', 'news', 'gas', 'user', 'movieslot', 'boxesheap']
    expect(others.map(singular)).to.deep.equal(others)
  })

  it('is one at the end only', () => {
    expect(inSingular(['users', 'roles'])).to.deep.equal(['users', 'role'])
  })
})

describe('a name that is a link by its form', () => {
  it('says what it speaks of', () => {
    const named: Readonly<Record<string, readonly string[]>> = {
      'billing addresses id': ['billing', 'address'],
      'user no': ['user'],
      'id users': ['user'],
      'fk old users': ['old', 'user'],
      userid: ['user'],
      'old team userid': ['old', 'team', 'user'],
    }
    for (const [words, target] of Object.entries(named))
      expect(targetWords(words.split(' ')), words).to.deep.equal(target)
  })

  it('is none without something to speak of', () => {
    const none = ['id', 'user', 'first name', 'user paid', 'user idea', 'paid users', 'idea users']
    for (const words of [...none, '2userid', 'useridx', 'uid'])
      expect(targetWords(words.split(' ')), words).to.equal(null)
    expect(targetWords([])).to.equal(null)
    expect(['userId', 'paid', '__'].map(soundsLikeLink)).to.deep.equal([true, false, false])
  })

  it('leads to a table by its own name, without that of its schema, or to a kind', () => {
    expect(looksLikeLinkTo(column('user_group_id'), 'shop.user_groups', 'team')).to.equal(true)
    expect(looksLikeLinkTo(column('team_id'), 'shop.user_groups', 'team')).to.equal(true)
    expect(looksLikeLinkTo(column('usergroup_id'), 'shop.user_groups', 'team')).to.equal(false)
    expect(looksLikeLinkTo(column('team'), 'shop.user_groups', 'team')).to.equal(false)
  })
})

describe('a name that is a link where a table is called so', () => {
  it('begins with the word for a key, glued to it or before it', () => {
    for (const [name, ...names] of [
      ['user_id', 'user'],
      ['idclient', 'client'],
      ['fkclients', 'client'],
      ['idclient_old_notes', 'client_old_note'],
      ['numclient', 'client'],
      ['codeclients', 'client'],
      ['refclient', 'client'],
      ['no_client', 'client'],
      ['nr_clients', 'client'],
      ['key_client', 'client'],
      ['cle_client', 'client'],
      ['code_client_id', 'code_client', 'client_id'],
      ['client'],
      ['code'],
      ['idxy'],
      ['numxy'],
      ['id'],
      ['paidclient'],
      ['barcodeclient'],
      ['cover_client'],
      ['turkey_client'],
      ['covers_of_client'],
      ['codes_client'],
    ] as const)
      expect(targetNames(wordsOf(name)), name).to.deep.equal(names)
    expect(targetNames(['idclient2'])).to.deep.equal([])
    expect(targetNames(['numclient2'])).to.deep.equal([])
    expect(targetNames([])).to.deep.equal([])
  })

  it('is glued of a key and one word of three letters or more', () => {
    expect(gluedWords(['idclients'])).to.deep.equal(['client'])
    expect(gluedWords(['fkclient', 'notes'])).to.deep.equal(['client', 'note'])
    for (const words of [['idxy'], ['client'], ['numclient'], ['my', 'idclient'], []])
      expect(gluedWords(words), words.join()).to.equal(null)
  })

  it('may be the name of a key in one word, unless it means a person, a parent or nothing', () => {
    for (const name of ['idvisit', 'fkvisit', 'visitid', 'VisitID', 'nid', 'cid'])
      expect(isGluedKey(name), name).to.equal(true)
    for (const name of ['uid', 'gid', 'pid', 'oid', 'UUID', 'guid', 'email', 'batch', 'id', 'abid', 'idxy'])
      expect(isGluedKey(name), name).to.equal(false)
    for (const name of ['1id', 'visit1id', 'id123', 'idvisit2', '2idvisit', 'nid2', 'visit_id'])
      expect(isGluedKey(name), name).to.equal(false)
    for (const name of ['noteuuid', 'pidnoteid']) expect(isGluedKey(name), name).to.equal(true)
  })
})

describe('the words of a name', () => {
  it('are small, without accents and without what stands between them', () => {
    const names = ['_user__id_', 'dateAdd', 'USERID', 'prénom', 'ipV4Addr', '']
    expect(names.map(wordsOf)).to.deep.equal([
      ['user', 'id'],
      ['date', 'add'],
      ['userid'],
      ['prenom'],
      ['ip', 'v4', 'addr'],
      [],
    ])
  })

  it('speak of a person', () => {
    for (const name of ['messages', 'emails', 'host_ip', 'full_name', 'name'])
      expect(looksPersonal(column(name, 'text')), name).to.equal(true)
    expect(looksPersonal(column('file_name', 'text'))).to.equal(false)
  })

  it('do not where the database makes the value, or where it is the time of an act', () => {
    expect(looksPersonal(column('email', 'varchar(190) generated'))).to.equal(false)
    for (const type of ['date', 'datetime', 'timestamp']) {
      expect(looksPersonal(column('login', type)), type).to.equal(false)
      expect(looksPersonal(column('dob', type)), type).to.equal(true)
    }
  })
})
