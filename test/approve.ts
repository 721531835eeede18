/** Approves what a plan shows, with the words that the first enforcement of a policy needs. */
import { expect } from 'chai'

interface Said {
  readonly exit: number
  readonly out: string
}

interface Plan {
  readonly fingerprint: string
  readonly policies: readonly { readonly policy: string; readonly status: string }[]
}

interface Site<S extends Said> {
  oubli(argv: readonly string[]): Promise<S>
}

/** `instead`: in the place of `--by` and the words on the backup. */
export async function approveAll<S extends Said>(
  site: Site<S>,
  instead: readonly string[] = ['--by', 'DPO', '--no-backup', 'a site of a test'],
): Promise<S> {
  const { fingerprint, policies } = JSON.parse((await site.oubli(['plan', '--json'])).out) as Plan
  const names = policies.filter(({ status }) => status === 'enforce').map(({ policy }) => policy)
  return await site.oubli([
    ...['approve', fingerprint, ...instead],
    ...(names.length === 0 ? [] : ['--policy', ...names]),
  ])
}

/** The same, where anything but success ends the test. */
export async function approved<S extends Said>(site: Site<S>, instead?: readonly string[]): Promise<S> {
  const said = await approveAll(site, instead)
  expect(said.exit, JSON.stringify(said)).to.equal(0)
  return said
}
