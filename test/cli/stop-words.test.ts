import { expect } from 'chai'
import { stopWords } from '../../cli/stop-words.ts'

const french: Readonly<Record<string, RegExp>> = {
  'all that was due is done': /^tout ce qui était à traiter est fait$/,
  'the slice is done, 1,200 left, done about 26 January 2027 (500 a run)':
    /^une tranche est faite, il en reste 1\s200, fin prévue vers le 26 janvier 2027$/,
  '2 row(s) busy in three runs or more': /^2 lignes verrouillées/,
  'stopped by oubli stop': /^arrêtée par «\soubli stop\s»$/,
  'refused by a safety stop: too many entries wait to be sealed': /^retenu par sécurité\s: trop d’entrées/,
  'cookies: too many rows set aside': /^cookies\s: trop de lignes mises de côté$/,
  'refused by a safety stop: cookies, page-views': /^retenu par sécurité\s: cookies, page-views$/,
  'interrupted by SIGTERM; not told to the ledger: E_FILE_UNWRITABLE':
    /^interrompue \(SIGTERM\)\s; le registre n’a pas pu être complété\s: E_FILE_UNWRITABLE$/,
  'interrupted by SIGTERM; the evidence waits to be sealed: E_FILE_UNWRITABLE':
    /^interrompue \(SIGTERM\)\s; la preuve attend d’être scellée\s: E_FILE_UNWRITABLE$/,
}

describe('why a run stopped', () => {
  it('is told in French, and stays as it is in English', () => {
    for (const [why, said] of Object.entries(french)) {
      expect(stopWords(why, 'fr')).to.match(said)
      expect(stopWords(why, 'en')).to.equal(why)
    }
  })

  it('keeps a code that has no sentence', () => {
    expect(stopWords('cookies: ER_LOCK_DEADLOCK', 'fr')).to.equal('cookies: ER_LOCK_DEADLOCK')
  })
})
