/** The recorded syncs of the real proxiers, as in `npm run conformance -- --suite proxy`. */
import { expect, it } from 'vitest';
import { goldenFiles } from '../conformance/golden.ts';
import { suite } from '../conformance/suites/proxy.ts';

const GOLDEN = new URL('../golden', import.meta.url).pathname;

it('agrees with every recorded case', () => {
  const results = [...suite.run(goldenFiles(GOLDEN, 'proxy'))];
  expect(results.length).toBeGreaterThanOrEqual(300);
  expect(results.filter((result) => !result.passed)).toEqual([]);
});
