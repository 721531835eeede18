import { execFileSync } from 'node:child_process'
import { createPublicKey, verify as verifySignature } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { checkpointText, readCheckpoint } from '../../audit/checkpoint.ts'
import { generateSigningKey, readSigningKey, readVerifierKey } from '../../audit/keys.ts'
import { leafHash } from '../../audit/merkle.ts'
import { openNote, signNote } from '../../audit/note.ts'
import { OubliError } from '../../base/errors.ts'
import { vectorText } from './vectors.ts'

const example = JSON.parse(vectorText('signed-note.json')) as { vkey: string; note: string }
const pair = generateSigningKey('shop.example/oubli')
const signing = readSigningKey(pair.privateText)
const verifier = readVerifierKey(pair.verifierText)
const text = checkpointText({ origin: 'shop.example/oubli', size: 42, root: leafHash('x') })

/** A head for 32 raw bytes of Ed25519, as RFC 8410 writes a public key. */
function publicDer(verifierText: string): Buffer {
  const raw = Buffer.from(verifierText.split('+').slice(2).join('+'), 'base64').subarray(1)
  return Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw])
}

function signatureOf(note: string): Buffer {
  return Buffer.from(note.trimEnd().split(' ').at(-1) ?? '', 'base64').subarray(4)
}

/** The text with one bit of it flipped, each in its turn. */
function* flips(of: string): Generator<string> {
  const bytes = Buffer.from(of)
  for (let at = 0; at < bytes.length; at++)
    for (let bit = 0; bit < 8; bit++) {
      const changed = Buffer.from(bytes)
      changed[at] = bytes[at]! ^ (1 << bit)
      yield changed.toString()
    }
}

describe('a signed note', () => {
  it('opens the example of the specification', () => {
    const opened = openNote(example.note, readVerifierKey(example.vkey))
    expect(opened).to.deep.equal({ state: 'signed', text: 'This is an example message.\n' })
  })

  it('is not signed any more when any bit of the example of the specification is flipped, or of its key', () => {
    const key = readVerifierKey(example.vkey)
    for (const other of flips(example.note)) expect(openNote(other, key).state, other).not.to.equal('signed')
    for (const other of flips(example.vkey)) expect(() => readVerifierKey(other), other).to.throw(OubliError)
  })

  it('opens what its own key signed', () => {
    expect(openNote(signNote(text, signing), verifier)).to.deep.equal({ state: 'signed', text })
  })

  it('is no longer signed when any bit of it is flipped', () => {
    for (const other of flips(signNote(text, signing)))
      expect(openNote(other, verifier).state, other).not.to.equal('signed')
  })

  it('skips the signatures of others, before and after its own', () => {
    const other = readSigningKey(generateSigningKey('witness.example').privateText)
    const line = signNote(text, other).split('\n').at(-2) ?? ''
    const note = signNote(text, signing)
    expect(openNote(`${note}${line}\n`, verifier).state).to.equal('signed')
    expect(openNote(note.replace('\n\n', `\n\n${line}\n`), verifier).state).to.equal('signed')
    expect(openNote(signNote(text, other), verifier).state).to.equal('unknown key')
  })

  it('does not trust another key of the same name', () => {
    const twin = readVerifierKey(generateSigningKey('shop.example/oubli').verifierText)
    expect(openNote(signNote(text, signing), twin).state).to.equal('unknown key')
  })

  it('refuses to sign what another reader could read differently', () => {
    expect(() => signNote('no newline', signing)).to.throw(TypeError)
    expect(() => signNote('a\tb\n', signing)).to.throw(TypeError)
  })

  it('is accepted by node:crypto alone, without our reading of keys', () => {
    const note = signNote(text, signing)
    const key = createPublicKey({ key: publicDer(pair.verifierText), format: 'der', type: 'spki' })
    expect(verifySignature(null, Buffer.from(text), key, signatureOf(note))).to.equal(true)
    expect(verifySignature(null, Buffer.from(`${text} `), key, signatureOf(note))).to.equal(false)
  })

  it('is accepted by openssl, where it is installed', function () {
    const folder = mkdtempSync(join(tmpdir(), 'oubli-note-'))
    try {
      execFileSync('openssl', ['version'], { stdio: 'ignore' })
    } catch {
      this.skip()
    }
    try {
      const pem = publicDer(pair.verifierText).toString('base64')
      writeFileSync(join(folder, 'key'), `-----BEGIN PUBLIC KEY-----\n${pem}\n-----END PUBLIC KEY-----\n`)
      writeFileSync(join(folder, 'text'), text)
      writeFileSync(join(folder, 'signature'), signatureOf(signNote(text, signing)))
      const files = ['-inkey', 'key', '-in', 'text', '-sigfile', 'signature']
      const said = execFileSync('openssl', ['pkeyutl', '-verify', '-pubin', '-rawin', ...files], {
        cwd: folder,
      })
      expect(said.toString()).to.contain('Successfully')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('keys', () => {
  it('come back from their texts, white space around them allowed', () => {
    expect(readSigningKey(`\n${pair.privateText} \n`).verifier.text).to.equal(pair.verifierText)
    expect(readVerifierKey(`${pair.verifierText}\n`).id).to.equal(signing.id)
  })

  it('are the same for the same seed', () => {
    const seed = new Uint8Array(32).fill(7)
    expect(generateSigningKey('a', seed)).to.deep.equal(generateSigningKey('a', seed))
  })

  it('are refused when damaged, without showing any of the text', () => {
    const secret = pair.privateText.split('+').slice(4).join('+')
    const wrong = [
      '',
      'nonsense',
      pair.verifierText,
      pair.privateText.slice(0, -2),
      pair.privateText.replace('shop', 'stop'),
    ]
    for (const each of wrong) {
      try {
        readSigningKey(each)
        expect.fail('the key was read')
      } catch (error) {
        expect(error).to.be.instanceOf(OubliError)
        expect(String(error)).not.to.contain(secret.slice(0, 12))
      }
    }
    for (const each of ['', pair.privateText, pair.verifierText.replace('shop', 'stop')]) {
      expect(() => readVerifierKey(each)).to.throw(OubliError)
    }
  })

  it('are not made for an origin that would break the format', () => {
    for (const origin of ['', 'a b', 'a+b', 'a\u00a0b', 'a\n']) {
      expect(() => generateSigningKey(origin)).to.throw(OubliError)
    }
  })
})

describe('a checkpoint', () => {
  it('comes back from its text', () => {
    expect(readCheckpoint(text)).to.deep.equal({
      origin: 'shop.example/oubli',
      size: 42,
      root: leafHash('x'),
    })
  })

  it('is read with further lines and not with a size or root in another spelling', () => {
    const [origin = '', size = '', root = ''] = text.split('\n')
    expect(readCheckpoint(`${text}more\n`)?.size).to.equal(42)
    const wrong = [
      `${origin}\n0${size}\n${root}\n`,
      `${origin}\n+${size}\n${root}\n`,
      `${origin}\n${size}\n${root}`,
      `${origin}\n${size}\n${root.slice(0, -4)}\n`,
      `\n${size}\n${root}\n`,
      `${origin}\n${size}\n`,
      `${origin}\n99999999999999999999\n${root}\n`,
    ]
    for (const each of wrong) expect(readCheckpoint(each), JSON.stringify(each)).to.equal(null)
  })
})
