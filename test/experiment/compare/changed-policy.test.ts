/** A comparison records runs of the policy whose files it hashed, or none: edited modules, and modules to make it again from. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type ComparisonManifest, compareCommand } from '../../../sim/experiment/compare/index.ts';
import { compare } from '../../../sim/library/compare.ts';
import { builtFile, inFolder, kubedesIn } from '../../support/cli.ts';
import { fixture } from './compare-tiny.ts';

const root = mkdtempSync(join(tmpdir(), 'kubedes-changed-policy-'));
afterAll(() => rmSync(root, { recursive: true }));
const SCENARIO = fixture('tiny.yaml');

const scoring = (score: string): string => `export const policy = {
  plugins: { Own: () => ({ name: 'Own', score: (_state, _pod, node) => ${score} }) },
  profile: { score: { enabled: [{ name: 'Own' }], disabled: ['*'] } },
};
`;
const PACKS = scoring('Math.min(100, node.pods.length)');
const SPREADS = scoring('Math.max(0, 100 - node.pods.length)');

describe('a policy module that is edited', () => {
  it.each([0, 1])(
    'in the middle of a comparison fails the runs to come, with %i workers',
    async (workers) => {
      const module = join(root, `middle-${workers}.mjs`);
      writeFileSync(module, PACKS);
      const { records, failed } = await compare({
        scenario: SCENARIO,
        policies: ['default', module],
        seeds: '1,2',
        workers,
        onProgress: (_, done) => done === 1 && writeFileSync(module, SPREADS),
      });
      expect([...records.values()].map(({ cell }) => cell.policy)).toEqual(['default', 'default']);
      expect(failed.map(({ message }) => message)).toEqual(
        Array.from({ length: 2 }, () => expect.stringContaining(`${module} has changed since the start`)),
      );
    },
  );

  it('between two comparisons of one process is run as it is now', () => {
    const [packed, spread, packedAgain] = inOneProcess('own.mjs', [
      { 'own.mjs': PACKS },
      { 'own.mjs': SPREADS },
      { 'own.mjs': PACKS },
    ]);
    expect([packed, spread]).toEqual([A_DIGEST, A_DIGEST]);
    expect(spread).not.toBe(packed);
    expect(packedAgain).toBe(packed);
    const typed = (text: string) => text.replace('(_state, _pod, node)', '(_state, _pod, node: any)');
    const edits = [{ 'own.ts': typed(PACKS) }, { 'own.ts': typed(SPREADS) }];
    expect(inOneProcess('own.ts', edits)).toEqual([packed, spread]);
  });

  it.each([
    ['helped.mjs', 'most.mjs', "import { most } from './most.mjs';", 'export const most = '],
    ['helped.ts', 'most.ts', "import { most } from './most.ts';", 'export const most: number = '],
    ['common.cjs', 'common.cjs', '', ''],
    ['helped.cjs', 'most.cjs', "const { most } = require('./most.cjs');", 'exports.most = '],
  ])('%s is refused where Node would run %s as it was', (module, edited, imports, exported) => {
    const policy = module.endsWith('.cjs') ? PACKS.replace('export const policy', 'exports.policy') : PACKS;
    const text = (most: string): Record<string, string> =>
      exported === ''
        ? { [module]: policy.replace('100', most) }
        : { [module]: `${imports}\n${policy.replace('100', 'most')}`, [edited]: exported + most };
    const [first, second, third] = inOneProcess(module, [text('100'), text('1'), text('100')]);
    expect(first).toEqual(A_DIGEST);
    expect(second).toContain(`${edited} has changed since this process imported it`);
    expect(third).toBe(first);
  });
});

const A_DIGEST: unknown = expect.stringMatching(/^[0-9a-f]{16}$/);

/** Compares the policy after each of the edits (file → text); gives event digests, or messages of errors. */
function inOneProcess(policy: string, edits: readonly Record<string, string>[]): string[] {
  const args = [builtFile('sim/index.js'), SCENARIO, join(root, policy), JSON.stringify(edits)];
  const { stdout, stderr } = spawnSync(process.execPath, [fixture('edit-and-compare.mjs'), ...args], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as string[];
}

describe('a comparison of policy modules', () => {
  it('is made again by the command that its report offers, without the modules that it was made from', () =>
    inFolder((folder) => {
      writeFileSync(join(folder, 's.yaml'), readFileSync(SCENARIO, 'utf8'));
      writeFileSync(join(folder, 'most.mjs'), 'export const most = 100;');
      writeFileSync(
        join(folder, 'p.mjs'),
        `import { most } from './most.mjs';\n${scoring('Math.min(most, node.pods.length)')}`,
      );
      const resultOf = (args: readonly string[], out: string): ComparisonManifest => {
        const { status, stderr } = kubedesIn(folder, ...args, '--workers', '0', '--out', out);
        expect([status, stderr]).toEqual([0, '']);
        return JSON.parse(readFileSync(join(folder, out, 'comparison.json'), 'utf8')) as ComparisonManifest;
      };
      const command = ['compare', 's.yaml', '--policies', 'default,./p.mjs', '--seeds', '1'];
      const first = resultOf(command, 'c1');
      for (const gone of ['s.yaml', 'p.mjs', 'most.mjs']) rmSync(join(folder, gone));
      const [, ...words] = compareCommand('c1', first).split(' ');
      expect(words[1]).toBe('c1/inputs/s.yaml');
      const again = resultOf(words, 'c2');
      expect(again.runs.map(({ eventDigest }) => eventDigest)).toEqual(
        first.runs.map(({ eventDigest }) => eventDigest),
      );
    }));
});
