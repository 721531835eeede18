import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename } from 'node:path'
import { expect } from 'chai'
import { disk } from '../../config/disk.ts'
import {
  packageRoot,
  packageVersion,
  readFolder,
  readFolderIfThere,
  readSecret,
  readSecretIfThere,
  readText,
  readTextIfThere,
  writeAtomic,
  writeNew,
  writeOnce,
} from '../../config/files.ts'
import { OubliError } from '../../base/errors.ts'
import { rejection, temporaryFolder } from './temporary-folder.ts'

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof OubliError) return error.code
  }
  return 'nothing'
}

describe('the door to the disk', () => {
  const folder = temporaryFolder()

  it('finds the package from wherever its compiled file lies', () => {
    expect(readFileSync(`${packageRoot()}/package.json`, 'utf8')).to.contain('"name": "oubli"')
    expect(packageVersion()).to.match(/^\d+\.\d+\.\d+/)
  })

  it('reads UTF-8 without its mark and refuses other bytes', async () => {
    writeFileSync(folder.in('marked'), '\ufeffé')
    writeFileSync(folder.in('latin'), Buffer.from([0xe9]))
    expect(await readText(folder.in('marked'))).to.equal('é')
    expect(await rejection(readText(folder.in('latin')))).to.include({ code: 'E_FILE_ENCODING' })
    expect(await rejection(readText(folder.in('none')))).to.include({ code: 'E_FILE_UNREADABLE' })
  })

  it('creates a file of the log only where nothing is, not even a link', async () => {
    writeFileSync(folder.in('elsewhere'), 'kept')
    symlinkSync(folder.in('elsewhere'), folder.in('link'))
    expect(await rejection(disk.create(folder.in('link')))).to.include({ code: 'EEXIST' })
    expect(readFileSync(folder.in('elsewhere'), 'utf8')).to.equal('kept')
  })

  it('tells a missing file from one that cannot be read', async () => {
    expect(await readTextIfThere(folder.in('none'))).to.equal(null)
    expect(await readFolderIfThere(folder.in('none'), () => true)).to.deep.equal([])
    expect(await rejection(readFolder(folder.in('none'), () => true))).to.include({
      code: 'E_FILE_UNREADABLE',
    })
    mkdirSync(folder.in('a-folder'))
    expect(await rejection(readTextIfThere(folder.in('a-folder')))).to.include({ code: 'E_FILE_UNREADABLE' })
  })

  it('reads a folder and those in it by name, without hidden files', async () => {
    mkdirSync(folder.in('tree', 'fr'), { recursive: true })
    for (const name of ['b.yml', 'a.yml', 'c.txt', '.hidden.yml', 'fr/d.yml']) {
      writeFileSync(folder.in('tree', name), name)
    }
    symlinkSync(folder.in('tree', 'a.yml'), folder.in('tree', 'link.yml'))
    const files = await readFolder(folder.in('tree'), (name) => name.endsWith('.yml'))
    expect(files.map((file) => file.text)).to.deep.equal(['a.yml', 'b.yml', 'fr/d.yml', 'a.yml'])
    expect(files.map((file) => basename(file.path))).to.deep.equal(['a.yml', 'b.yml', 'd.yml', 'link.yml'])
  })

  it('replaces a file at once, makes its folders and leaves nothing else behind', async () => {
    await writeAtomic(folder.in('deep', 'er', 'file'), 'one')
    await writeAtomic(folder.in('deep', 'er', 'file'), 'two')
    expect(readFileSync(folder.in('deep', 'er', 'file'), 'utf8')).to.equal('two')
    expect(readdirSync(folder.in('deep', 'er'))).to.deep.equal(['file'])
    mkdirSync(folder.in('deep', 'taken'))
    expect(await rejection(writeAtomic(folder.in('deep', 'taken'), 'x'))).to.include({
      code: 'E_FILE_UNWRITABLE',
    })
    expect(readdirSync(folder.in('deep'))).to.have.members(['er', 'taken'])
  })

  it('writes a key for its owner only and never over another', async () => {
    await writeNew(folder.in('keys', 'key'), 'first')
    expect(statSync(folder.in('keys', 'key')).mode & 0o777).to.equal(0o600)
    expect(statSync(folder.in('keys')).mode & 0o777).to.equal(0o700)
    expect(await rejection(writeNew(folder.in('keys', 'key'), 'second'))).to.include({
      code: 'E_FILE_EXISTS',
    })
    expect(readFileSync(folder.in('keys', 'key'), 'utf8')).to.equal('first')
  })

  it('leaves nothing under the name of a file that could not be written whole', async () => {
    // Opened and then refused, as by a disk that is full.
    const none = {} as unknown as string
    expect(await rejection(writeOnce(folder.in('whole'), none))).to.include({ code: 'E_FILE_UNWRITABLE' })
    expect(existsSync(folder.in('whole'))).to.equal(false)
    await writeOnce(folder.in('whole'), 'first')
    expect(await rejection(writeOnce(folder.in('whole'), none))).to.include({ code: 'E_FILE_EXISTS' })
    expect(readFileSync(folder.in('whole'), 'utf8')).to.equal('first')
  })
})

describe('a secret', () => {
  const folder = temporaryFolder()

  it('is read without its last line break, or is not there', async () => {
    writeFileSync(folder.in('good'), ' s3cret \n', { mode: 0o600 })
    expect(readSecret(folder.in('good'))).to.equal(' s3cret ')
    expect(await readSecretIfThere(folder.in('good'))).to.equal(' s3cret ')
    expect(await readSecretIfThere(folder.in('none'))).to.equal(null)
  })

  it('is refused when group or others may read it, and is not in the message', () => {
    writeFileSync(folder.in('open'), 's3cret')
    for (const mode of [0o640, 0o604, 0o660, 0o644]) {
      chmodSync(folder.in('open'), mode)
      expect(
        codeOf(() => readSecret(folder.in('open'))),
        mode.toString(8),
      ).to.equal('E_SECRET_EXPOSED')
    }
    try {
      readSecret(folder.in('open'))
    } catch (error) {
      expect(String(error)).to.contain('0644').and.not.contain('s3cret')
    }
  })

  it('may show rights of the group in the folder of systemd, but none of others', () => {
    mkdirSync(folder.in('handed'))
    writeFileSync(folder.in('handed', 'key'), 's3cret')
    const before = process.env['CREDENTIALS_DIRECTORY']
    process.env['CREDENTIALS_DIRECTORY'] = folder.in('handed')
    try {
      chmodSync(folder.in('handed', 'key'), 0o440)
      expect(readSecret(folder.in('handed', 'key'))).to.equal('s3cret')
      chmodSync(folder.in('handed', 'key'), 0o444)
      expect(codeOf(() => readSecret(folder.in('handed', 'key')))).to.equal('E_SECRET_EXPOSED')
    } finally {
      if (before === undefined) delete process.env['CREDENTIALS_DIRECTORY']
      else process.env['CREDENTIALS_DIRECTORY'] = before
    }
  })

  it('is refused when it is empty or missing', () => {
    writeFileSync(folder.in('empty'), '\n', { mode: 0o600 })
    expect(codeOf(() => readSecret(folder.in('empty')))).to.equal('E_SECRET_EMPTY')
    expect(codeOf(() => readSecret(folder.in('none')))).to.equal('E_SECRET_UNREADABLE')
  })
})
