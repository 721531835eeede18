/** Makes one step of a timeline happen. */
import { expect } from 'chai'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setSandboxNow } from '../../db/server-clock.ts'
import { addDays } from '../../plan/civil.ts'
import { lastInstantAt } from '../../plan/zone.ts'
import { report } from '../mail/report.ts'
import type { Step } from './scenario.ts'
import type { Said, World } from './world.ts'
import { approveAll } from '../approve.ts'

const zone = 'Europe/Paris'

export async function perform(world: World, step: Step): Promise<void> {
  const mails = world.relay.taken.length
  const entries = step.entries === undefined ? null : await entryIds(world)
  if (step.at !== undefined) await setClock(world, step.at)
  for (const text of listOf(step.sql)) await world.database.run({ text, values: [] })
  if (step.smtp !== undefined) world.relay.refuse = step.smtp.refuse
  if (step.edit !== undefined) await edit(world, step.edit)
  if (step.write !== undefined) await put(world, step.write.file, step.write.text)
  if (step.bounce !== undefined) await bounce(world, step.bounce)
  if (step.approve === true) await approve(world, step)
  if (step.release === true) await release(world)
  if (step.repeat !== undefined) await repeat(world, step.repeat)
  if (step.oubli !== undefined) await command(world, step, step.oubli)
  if (step.mails !== undefined)
    expect(
      world.relay.taken
        .slice(mails)
        .map(({ to }) => to)
        .sort(),
      `mails of ${label(step)}`,
    ).to.deep.equal([...step.mails].sort())
  if (entries !== null)
    expect(newKinds(entries, await entryIds(world)), `entries of ${label(step)}`).to.deep.equal(
      [...(step.entries ?? [])].sort(),
    )
}

/** What a reader of a failing test sees of the step. */
export function label(step: Step): string {
  return JSON.stringify(step).slice(0, 200)
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return []
  return typeof value === 'string' ? [value] : value
}

async function setClock(world: World, local: string): Promise<void> {
  const text = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(local) ? Date.parse(`${local}:00Z`) : NaN
  if (Number.isNaN(text)) throw new Error(`at: expected 2026-01-01T10:00, found ${local}`)
  await setSandboxNow(world.database, lastInstantAt(text, zone))
}

async function command(world: World, step: Step, argv: readonly (string | number)[]): Promise<void> {
  const points = { ...step.during, ...step.meanwhile }
  const waiting = new Map(Object.entries(points))
  const begun: Promise<void>[] = []
  world.point = async (point) => {
    const inner = waiting.get(point) ?? []
    if (!waiting.delete(point)) return
    const happening = inOrder(world, inner)
    if (step.meanwhile?.[point] === undefined) await happening
    else begun.push(happening)
  }
  const said = await world.oubli(argv.map(String))
  world.point = () => Promise.resolve()
  await Promise.all(begun)
  check(said, step.exit ?? 0, step)
  expect([...waiting.keys()], `points that ${label(step)} did not reach`).to.deep.equal([])
  for (const text of listOf(step.says)) expect(said.text, label(step)).to.include(text)
}

async function inOrder(world: World, steps: readonly Step[]): Promise<void> {
  for (const one of steps) await perform(world, one)
}

function check(said: Said, exit: number, step: Step): void {
  if (said.exit !== exit)
    expect.fail(`${label(step)}: expected exit ${exit}, found ${said.exit}:\n${said.text}`)
}

async function approve(world: World, step: Step): Promise<void> {
  check(await approveAll(world), step.exit ?? 0, step)
}

async function release(world: World): Promise<void> {
  const { out } = await world.oubli(['hold', 'list', '--json'])
  const holds = JSON.parse(out) as readonly { readonly id: string }[]
  expect(holds).to.have.length(1)
  check(await world.oubli(['hold', 'release', holds[0]!.id, '--by', 'DPO']), 0, { release: true })
}

async function repeat(world: World, { every, until, oubli }: NonNullable<Step['repeat']>): Promise<void> {
  const days = Number(/^(\d+) days?$/.exec(every)?.[1])
  if (Number.isNaN(days)) throw new Error(`repeat: expected "7 days", found ${every}`)
  const local = await clockOf(world)
  for (let day = addDays(local.day, days); day <= until; day = addDays(day, days)) {
    await setClock(world, `${day}T${local.time}`)
    check(await world.oubli(oubli.map(String)), 0, { repeat: { every, until, oubli }, at: day })
  }
}

async function clockOf(world: World): Promise<{ readonly day: string; readonly time: string }> {
  const [row] = await world.database.rows({
    text: "SELECT value FROM oubli_sandbox WHERE name = 'now'",
    values: [],
  })
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
  const [day = '', time = ''] = format.format(new Date(String(row?.['value']))).split(' ')
  return { day, time }
}

async function edit(world: World, { file, from, to }: NonNullable<Step['edit']>): Promise<void> {
  const text = await readFile(join(world.folder, file), 'utf8')
  expect(text, file).to.include(from)
  await put(world, file, text.replace(from, to))
}

async function put(world: World, file: string, text: string): Promise<void> {
  const path = join(world.folder, file)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

async function bounce(world: World, address: string): Promise<void> {
  const mail = world.relay.taken.findLast(({ to }) => to === address)
  const token = /^Message-ID:\s*<([0-9a-f]{32})@/im.exec(mail?.text ?? '')?.[1]
  if (token === undefined) throw new Error('bounce: no mail was sent to this address')
  const file = `bounces/${token}.eml`
  await put(world, file, report({ token, to: address }))
  const said = await world.oubli(['mail', 'bounce', join(world.folder, file)])
  check(said, 0, { bounce: address })
  expect(said.text).to.include('The acceptance was taken back')
}

async function entryIds(world: World): Promise<ReadonlyMap<string, string>> {
  const rows = await world.database.rows({ text: 'SELECT id, leaf FROM oubli_entry', values: [] })
  return new Map(
    rows.map((row) => [
      String(row['id']),
      (JSON.parse(String(row['leaf'])) as { readonly kind: string }).kind,
    ]),
  )
}

function newKinds(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): readonly string[] {
  return (
    [...now]
      .filter(([id]) => !before.has(id))
      .map(([, kind]) => kind)
      // Follows whatever was erased; test/engine/ask-again.test.ts looks at it.
      .filter((kind) => kind !== 'purge.checked')
      .sort()
  )
}
