import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { dataMapJsonSchema, jsonSchemaText, policyJsonSchema } from '../../policies/json-schema.ts'
import { LanguageClient } from './language-client.ts'

const policyFile = join(process.cwd(), 'policies/policy.schema.json')
const dataMapFile = join(process.cwd(), 'policies/data-map.schema.json')

type Node = Readonly<Record<string, unknown>>

/** Every property that the schema describes, with its path. */
function properties(node: Node, path = ''): readonly (readonly [string, Node])[] {
  const own = Object.entries((node['properties'] ?? {}) as Record<string, Node>)
  const branches = [...((node['anyOf'] ?? []) as Node[]), node['additionalProperties'], node['items']]
  const inner = branches.filter((branch): branch is Node => typeof branch === 'object')
  return [
    ...own.flatMap(([key, value]) => [
      [`${path}.${key}`, value] as const,
      ...properties(value, `${path}.${key}`),
    ]),
    ...inner.flatMap((branch) => properties(branch, path)),
  ]
}

describe('the JSON Schemas', () => {
  it('on disk are those of the grammar (OUBLI_WRITE_SCHEMAS=1 writes them anew)', () => {
    const files = [
      [policyFile, jsonSchemaText(policyJsonSchema())],
      [dataMapFile, jsonSchemaText(dataMapJsonSchema())],
    ] as const
    for (const [file, text] of files) {
      if (process.env['OUBLI_WRITE_SCHEMAS'] === '1') writeFileSync(file, text)
      expect(readFileSync(file, 'utf8')).to.equal(text)
    }
  })

  it('describe every key of a policy and of a data map in two languages', () => {
    const silent = [policyJsonSchema(), dataMapJsonSchema()]
      .flatMap((schema) => properties(schema))
      .filter(
        ([, node]) => !/\S \/ \S/.test(typeof node['description'] === 'string' ? node['description'] : ''),
      )
      .map(([path]) => path)
    expect(silent).to.deep.equal([])
  })
})

describe('an editor with the yaml-language-server', function () {
  this.timeout(600_000)
  let client: LanguageClient
  const uri = 'file:///policies/sample.yml'
  const text = [
    'policy: sample',
    'status: enforced',
    'keep_at_most: soon',
    'status_of: 1',
    'then: ',
    '',
  ].join('\n')

  before(async () => {
    const schemas = { [pathToFileURL(policyFile).href]: '/policies/*.yml' }
    client = await LanguageClient.start({
      yaml: { schemas, validate: true, hover: true, completion: true, schemaStore: { enable: false } },
    })
    client.open(uri, text)
  })

  after(async () => {
    await client.stop()
  })

  it('underlines a wrong word, a wrong period and an unknown key, each on its line', async () => {
    const found = await client.diagnosticsOf(uri)
    const byLine = (line: number): string =>
      found
        .filter(({ range }) => (range as { start: { line: number } }).start.line === line)
        .map(({ message }) => String(message))
        .join('\n')
    expect(byLine(1))
      .to.match(/observe/)
      .and.match(/enforce/)
    expect(byLine(2)).to.match(/Write a period such as 3 years.* \/ Écrivez une durée comme 3 ans/)
    expect(byLine(3)).to.match(/status_of/)
  })

  it('proposes the words that a key can have', async () => {
    const answer = (await client.request('textDocument/completion', {
      textDocument: { uri },
      position: { line: 1, character: 8 },
    })) as { items: readonly { label: string }[] }
    expect(answer.items.map(({ label }) => label)).to.include.members(['observe', 'enforce'])
  })

  it('proposes the keys that are not there yet, and status is one of them', async () => {
    const other = 'file:///policies/other.yml'
    client.open(other, 'policy: other\nst')
    const answer = (await client.request('textDocument/completion', {
      textDocument: { uri: other },
      position: { line: 1, character: 2 },
    })) as { items: readonly { label: string }[] }
    expect(answer.items.map(({ label }) => label)).to.include('status')
  })

  it('explains a key in English and in French', async () => {
    const answer = (await client.request('textDocument/hover', {
      textDocument: { uri },
      position: { line: 1, character: 2 },
    })) as { contents: { value: string } }
    expect(answer.contents.value).to.match(/only reports what would happen/)
    expect(answer.contents.value).to.match(/le traitement signale seulement/)
  })
})
