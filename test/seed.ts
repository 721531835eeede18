/**
 * Loaded before the tests: every property is tried with the same values each time, so that a change is judged by
 * what it changes. `OUBLI_TEST_SEED` takes another seed, and a test file that is run without the configuration takes
 * one by chance.
 */
import fc from 'fast-check'

fc.configureGlobal({ seed: Number(process.env['OUBLI_TEST_SEED'] ?? 20_261_127) })
