/** A small client of the language server protocol, over stdio, for the real yaml-language-server. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

type Json = Readonly<Record<string, unknown>>

export class LanguageClient {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #answers = new Map<number, (result: unknown) => void>()
  readonly #diagnostics = new Map<string, readonly Json[]>()
  readonly #settings: Json
  #waiting: (() => void)[] = []
  #rest = Buffer.alloc(0)
  #lastId = 0

  private constructor(settings: Json) {
    this.#settings = settings
    const main = createRequire(import.meta.url).resolve('yaml-language-server')
    const bin = join(
      main.slice(0, main.lastIndexOf('yaml-language-server')),
      'yaml-language-server/bin/yaml-language-server',
    )
    this.#child = spawn(process.execPath, [bin, '--stdio'], { cwd: dirname(bin) })
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.#rest = Buffer.concat([this.#rest, chunk])
      this.#read()
    })
  }

  static async start(settings: Json): Promise<LanguageClient> {
    const client = new LanguageClient(settings)
    const capabilities = {
      workspace: { configuration: true, didChangeConfiguration: {} },
      textDocument: {
        completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'] } },
        hover: { contentFormat: ['markdown'] },
        publishDiagnostics: {},
      },
    }
    await client.request('initialize', { processId: process.pid, rootUri: null, capabilities })
    client.#send({ method: 'initialized', params: {} })
    client.#send({ method: 'workspace/didChangeConfiguration', params: { settings } })
    return client
  }

  open(uri: string, text: string): void {
    this.#send({
      method: 'textDocument/didOpen',
      params: { textDocument: { uri, languageId: 'yaml', version: 1, text } },
    })
  }

  async request(method: string, params: Json): Promise<unknown> {
    const id = ++this.#lastId
    const answer = new Promise<unknown>((resolve) => this.#answers.set(id, resolve))
    this.#send({ id, method, params })
    return answer
  }

  /** The first diagnostics of a document that are not empty. */
  async diagnosticsOf(uri: string): Promise<readonly Json[]> {
    for (;;) {
      const found = this.#diagnostics.get(uri)
      if (found !== undefined && found.length > 0) return found
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, 'exit')
    this.#child.kill()
    await gone
  }

  #send(message: Json): void {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }))
    this.#child.stdin.write(`Content-Length: ${body.length}\r\n\r\n`)
    this.#child.stdin.write(body)
  }

  #read(): void {
    for (;;) {
      const head = this.#rest.indexOf('\r\n\r\n')
      if (head < 0) return
      const length = Number(/Content-Length: (\d+)/i.exec(this.#rest.subarray(0, head).toString())?.[1])
      if (this.#rest.length < head + 4 + length) return
      const body = this.#rest.subarray(head + 4, head + 4 + length).toString()
      this.#rest = this.#rest.subarray(head + 4 + length)
      this.#receive(JSON.parse(body) as Json)
    }
  }

  #receive(message: Json): void {
    const { id, method } = message
    const params = (message['params'] ?? {}) as Json
    if (method === undefined && typeof id === 'number') this.#answers.get(id)?.(message['result'])
    else if (method === 'workspace/configuration') {
      const items = params['items'] as readonly Json[]
      this.#send({ id, result: items.map((item) => this.#settings[String(item['section'])] ?? null) })
    } else if (method === 'textDocument/publishDiagnostics') {
      this.#diagnostics.set(String(params['uri']), params['diagnostics'] as readonly Json[])
      for (const wake of this.#waiting.splice(0)) wake()
    } else if (id !== undefined) this.#send({ id, result: null })
  }
}
