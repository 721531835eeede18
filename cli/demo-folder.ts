/** The demo's folder: settings, a copy of the sample policies, an empty place for keys, mails and evidence. */
import { join } from 'node:path'
import { removeFolder } from '../config/file-bytes.ts'
import { packageRoot, readFolder, writeAtomic } from '../config/files.ts'
import { OubliError } from '../base/errors.ts'

export interface DemoFolder {
  readonly root: string
  readonly settings: string
  readonly site: string
  readonly mails: string
  readonly evidence: string
  readonly verifier: string
  readonly report: string
}

export async function makeDemoFolder(root: string, madeBefore: boolean): Promise<DemoFolder> {
  if (madeBefore) await removeFolder(root)
  else if (await isOccupied(root))
    throw new OubliError(
      'refused',
      'E_DEMO_FOLDER',
      `${root} exists and was not made by the demo`,
      'Name another place with --folder.',
    )
  await writeAtomic(
    join(root, 'made-by-oubli-demo'),
    'This folder is rebuilt by every `oubli demo`. Keep nothing of yours in it.\n',
  )
  for (const file of await readFolder(join(packageRoot(), 'policies', 'sample-shop'), (name) =>
    name.endsWith('.yml'),
  ))
    await writeAtomic(join(root, 'policies', file.path.slice(file.path.lastIndexOf('/') + 1)), file.text)
  await writeAtomic(join(root, 'oubli.yml'), settingsText)
  await writeAtomic(
    join(root, 'auditor', 'what-this-is.txt'),
    'Stands for a place off the host: a copy of every signed checkpoint goes here.\n',
  )
  return {
    root,
    settings: join(root, 'oubli.yml'),
    site: join(root, 'site.db'),
    mails: join(root, 'mails'),
    evidence: join(root, 'evidence'),
    verifier: join(root, 'keys', 'signing.key.verifier'),
    report: join(root, 'report.html'),
  }
}

async function isOccupied(root: string): Promise<boolean> {
  return await readFolder(root, () => true).then(
    (files) => files.length > 0,
    () => false,
  )
}

const settingsText = `# Settings of the demo. Paths are relative to this file.
database: { sqlite: site.db }
policies: policies
evidence:
  folder: evidence
  origin: boutique.example/oubli
  signing_key_file: keys/signing.key
  secret_file: keys/secret
  sinks: { folder: auditor }
mail:
  transport: files
  folder: mails
  from: { name: Boutique, address: privacy@boutique.example }
  reply_to: privacy@boutique.example
  language: en
schedule: { zone: Europe/Paris }
pace: { profile: full }
log: { level: error }
`
