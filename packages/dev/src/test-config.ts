import { join } from 'node:path'
import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { TEST_SEED } from './test-seed.ts'
import { leftOut } from './test-services.ts'

/** How every package runs its tests: in any order, each file on a database of its own. */
export function testConfig(name: string): ViteUserConfig {
  const resultsDir = process.env.TEST_RESULTS_DIR
  return defineConfig({
    test: {
      include: ['src/**/*.test.ts'],
      exclude: [...leftOut(process.env).files],
      globalSetup: '@barrow/dev/vitest-setup',
      // A test that fails says why; only one that hangs ends by time, also where a machine is slow.
      testTimeout: 180_000,
      hookTimeout: 180_000,
      maxWorkers: 2,
      sequence: { shuffle: true, seed: TEST_SEED },
      reporters: resultsDir === undefined ? ['default'] : ['default', 'json'],
      ...(resultsDir !== undefined && { outputFile: { json: join(resultsDir, `${name}.json`) } }),
    },
  })
}
