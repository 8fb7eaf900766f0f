import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type ApiCase, ApiCases, type ApiVerdict, playDefault } from '../support/api-cases.ts';

const golden = (name: string): { readonly cases: readonly unknown[] } => {
  const file = new URL(`../golden/controlplane/${name}.json.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as {
    readonly cases: readonly unknown[];
  };
};

/** Fails below the floor, and says what fails. */
function report(verdicts: readonly ApiVerdict[], floor: number): void {
  const failed = verdicts.filter((verdict) => !verdict.passed);
  const passed = verdicts.length - failed.length;
  const lines = failed.map(({ id, difference }) => `${id}: ${difference}`);
  console.info(`${passed} of ${verdicts.length}\n${lines.join('\n')}`);
  expect(passed, lines.join('\n')).toBeGreaterThanOrEqual(floor);
}

describe('the API answers as kube-apiserver v1.36.3 did', () => {
  it('refusals', () => {
    const cases = new ApiCases();
    report(
      (golden('api-errors').cases as readonly ApiCase[]).map((wanted) => cases.play(wanted)),
      223,
    );
  });

  it('defaults', () => {
    type Case = Parameters<typeof playDefault>[0];
    report((golden('api-defaults').cases as readonly Case[]).map(playDefault), 27);
  });
});
