/** What a page must be without a browser: well formed, and loading nothing. */
const empty = new Set(['meta', 'link', 'br', 'img', 'hr', 'input', 'line', 'rect'])

/** Faults of the markup: what is not closed, closed twice, or would be fetched. */
export function faultsOf(html: string): readonly string[] {
  const faults: string[] = []
  const open: string[] = []
  const body = html.replace(/<style>[\s\S]*?<\/style>/, '')
  for (const [tag, close, name = '', rest = ''] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)([^>]*)>/gi)) {
    if (close === '/') {
      const last = open.pop()
      if (last !== name) faults.push(`${tag} closes ${last ?? 'nothing'}`)
    } else if (!rest.endsWith('/') && !empty.has(name)) open.push(name)
    if (/\s(src|srcset|poster|data|background)=/.test(rest)) faults.push(`${name} loads something`)
    if (/\shref=(?!"#)/.test(rest)) faults.push(`${name} leads elsewhere`)
  }
  if (open.length > 0) faults.push(`never closed: ${open.join(', ')}`)
  for (const name of ['script', 'link', 'iframe', 'object', 'embed', 'img'])
    if (new RegExp(`<${name}\\b`).test(html)) faults.push(`a ${name}`)
  if (/@import|url\((?!#)/.test(html)) faults.push('the style loads something')
  if (/&(?!amp;|lt;|gt;|quot;|#x?[0-9a-f]+;)/i.test(body)) faults.push('a bare &')
  const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
  if (new Set(ids).size < ids.length) faults.push('an id twice')
  return faults
}

/** What stands between the tags, on one line. */
export function textOf(html: string): string {
  return html
    .replace(/<style>[\s\S]*?<\/style>/g, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCodePoint(parseInt(code, 16)))
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim()
}

export function sectionOf(html: string, id: string): string {
  const found = new RegExp(`<section id="${id}"[\\s\\S]*?</section>`).exec(html)
  if (found === null) throw new Error(`the page has no section ${id}`)
  return found[0]
}

/** Text of every cell, row by row, of all tables in a piece of a page. */
export function rowsOf(html: string): readonly (readonly string[])[] {
  return [...html.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = '']) => textOf(cell)),
  )
}

/** Whole texts of the blocks that keep their lines. */
export function blocksOf(html: string): readonly string[] {
  return [...html.matchAll(/<pre>([\s\S]*?)<\/pre>/g)].map(([, text = '']) =>
    text.replace(/&#x3D;/g, '=').replace(/&amp;/g, '&'),
  )
}
