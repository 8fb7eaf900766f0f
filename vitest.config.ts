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
          // Files share a process and its modules, which saves half of all time. What the program keeps there beyond a run: caches of
          // what a text or an object means; policy modules once imported, with the hooks that import them (tests of edited modules
          // start processes of their own); a guard in place of Math.random while a policy is asked, taken off after each call; and
          // the exit code that a command sets.
          isolate: false,
          unstubEnvs: true,
        },
      },
      {
        test: {
          name: 'slow',
          include: ['test/**/*.slow.test.ts'],
          unstubEnvs: true,
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
