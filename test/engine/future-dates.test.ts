import { expect } from 'chai'
import { createLab } from '../cli/lab.ts'
import { eachDatabase } from '../databases.ts'

eachDatabase('a plan', (open) => {
  it('reports dates that lie in the future, which no scan by cutoff meets', async () => {
    const lab = await createLab(await open())
    try {
      await lab.oubli(['migrate'])
      const said = await lab.oubli(['plan', '--json', '--policy', 'inactive-accounts'])
      const [policy] = (JSON.parse(said.out) as { policies: { spared: Record<string, number> }[] }).policies
      // Noa signed in before the shop existed, Kira will have signed in some day.
      expect(policy?.spared['clock cannot be true']).to.equal(2)
    } finally {
      await lab.close()
    }
  })
})
