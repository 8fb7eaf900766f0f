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
          hookTimeout: 180_000,
          // Files share a process and its modules, which saves half of all time: the program keeps no state outside of runs.
          isolate: false,
        },
      },
      {
        test: {
          name: 'slow',
          include: ['test/**/*.slow.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
