import { defineConfig } from 'vitest/config';

/** Two projects: `fast` runs in `npm test` (under 3 minutes); `slow` (files *.slow.test.ts) runs in `npm run test:slow`. */
export default defineConfig({
  test: {
    // By default one core of two would be left idle.
    maxWorkers: '100%',
    globalSetup: 'test/support/build.ts',
    projects: [
      {
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.slow.test.ts'],
          testTimeout: 180_000,
        },
      },
      { test: { name: 'slow', include: ['test/**/*.slow.test.ts'], testTimeout: 900_000 } },
    ],
  },
});
