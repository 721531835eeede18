/** Pages for a browser and for paper: all of them look as the report does. */
import { join } from 'node:path'
import { packageRoot, readText, writeAtomic } from '../config/files.ts'
import { renderPage } from '../templates/render.ts'

const styles = /<style>[\s\S]*<\/style>/

/** `name`: of a template in `templates/report/`; one with an empty style is given that of the report. */
export async function writePage(file: string, name: 'page' | 'dossier', view: object): Promise<void> {
  const read = async (one: string): Promise<string> => await readText(pathOf(one))
  const [style = ''] = styles.exec(await read('page')) ?? []
  const text = (await read(name)).replace('<style></style>', () => style)
  const parts = { backlog: await read('backlog') }
  await writeAtomic(file, renderPage({ path: pathOf(name), text }, parts, view))
}

function pathOf(name: string): string {
  return join(packageRoot(), 'templates', 'report', `${name}.hbs`)
}
