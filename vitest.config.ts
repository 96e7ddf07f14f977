// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vitest/config';

const project = (name: string, include: string[], testTimeout: number) => ({
  test: { name, include, testTimeout, hookTimeout: testTimeout, environment: 'node' as const },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', ['test/unit/**/*.test.ts', 'test/contract/**/*.test.ts', 'test/oracle/**/*.test.ts'], 20_000),
      project('integration', ['test/integration/**/*.test.ts', 'test/cli/**/*.test.ts'], 60_000),
      project('interop', ['test/interop/**/*.test.ts'], 180_000),
    ],
  },
});
