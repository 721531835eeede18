/** Mails as files, for the demo and for looking at them: nothing leaves the machine. */
import { allParts, contentType, decodedBody, readPart } from './mime.ts'
import type { Transport } from './transport.ts'

/** Writes `token.eml`, and `token.html` for a browser. A write that fails defers the mail. */
export function fileTransport(write: (name: string, bytes: Uint8Array) => Promise<void>): Transport {
  return {
    connections: 1,
    async send({ message, token }) {
      try {
        await write(`${token}.eml`, message)
        const html = allParts(readPart(message)).find((part) => contentType(part) === 'text/html')
        if (html !== undefined) await write(`${token}.html`, decodedBody(html))
        return { result: 'accepted', code: null }
      } catch {
        return { result: 'deferred', code: 'EFILE' }
      }
    },
    close: () => Promise.resolve(),
  }
}
