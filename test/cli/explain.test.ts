/** kubedes explain, from a result on disk to what is printed. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExplainArguments, explain } from '../../sim/cli/explain.ts';
import { UsageError } from '../../sim/experiment/errors.ts';
import { runScenario } from '../../sim/experiment/run.ts';
import { loadRuns } from '../../sim/library/load-runs.ts';
import { loadRegistries } from '../../sim/registries.ts';
import { kubedes } from '../support/cli.ts';

const root = mkdtempSync(join(tmpdir(), 'kubedes-explain-test-'));
afterAll(() => rmSync(root, { recursive: true }));
const result = join(root, 'demo');

const SCENARIO = `apiVersion: kubedes.io/v1
kind: Scenario
metadata: { name: demo }
duration: 12m
cluster:
  nodes:
    - { name: small, count: 3, capacity: { cpu: 2, memory: 8Gi } }
    - { name: gpu, count: 1, capacity: { cpu: 8, memory: 32Gi }, taints: [{ key: gpu, value: 'yes', effect: NoSchedule }] }
manifests: [pods.yaml]
timeline:
  - { at: 1m, apply: later.yaml }
`;
const pod = (name: string, cpu: string, more = ''): string => `---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: default }
spec: { ${more}containers: [{ name: c, image: nginx, resources: { requests: { cpu: "${cpu}" } } }] }
`;
const PODS = [
  pod('big', '3'),
  pod('web-0', '500m', 'nodeSelector: { kubernetes.io/hostname: small-1 }, '),
  pod('gated', '1', 'schedulingGates: [{ name: example.com/wait }], '),
  pod('placed', '1', 'nodeName: small-0, '),
  pod('foreign', '1', 'schedulerName: other, '),
].join('');
const LATER = pod('web-1', '500m');

beforeAll(() => {
  writeFileSync(join(root, 'demo.yaml'), SCENARIO);
  writeFileSync(join(root, 'pods.yaml'), PODS);
  writeFileSync(join(root, 'later.yaml'), LATER);
  runScenario(loadRuns([join(root, 'demo.yaml')], {})[0]!, loadRegistries(), { directory: result });
});

const ask = (pod: string, more: Partial<ExplainArguments> = {}): Promise<string> =>
  explain({ result, pod, top: 5, json: false, ...more }, 100);

/** A copy of the result, changed. */
function copyWith(name: string, change: (folder: string) => void): string {
  const folder = join(root, name);
  cpSync(result, folder, { recursive: true });
  change(folder);
  return folder;
}

describe('kubedes explain', () => {
  it('tells of a pod that fits nowhere, attempts of one kind together, and what would let a node take it', async () => {
    const text = await ask('big', { node: 'gpu-0' });
    expect(text).toMatch(/^default\/big · 3 attempts · waits for a node\n/);
    expect(
      text
        .split('\n')
        .slice(2)
        .join('\n')
        .replace(/0\.\d+ s/, '0 s'),
    ).toBe(`Attempts 1 to 3, 0 s to 660 s, all alike: none of 4 nodes
  NODES   REFUSED BY         BECAUSE                            SUCH AS
      3   NodeResourcesFit   Insufficient cpu                   small-0, small-1, small-2
      1   TaintToleration    node(s) had untolerated taint(s)   gpu-0
  told the pod: 0/4 nodes are available: 1 node(s) had untolerated taint(s), 3 Insufficient cpu. no
    new claims to deallocate, preemption: 0/4 nodes are available: 4 Preemption is not helpful for
    scheduling.
  Why not gpu-0? TaintToleration refuses it: node(s) had untolerated taint(s).
  Any one of these makes it fit, each tried, the smallest first:
    tolerate gpu=yes:NoSchedule   and it would have been chosen`);
  });

  it('tells by how much the winner won', async () => {
    const text = await ask('default/web-1', { node: 'small-1', json: true });
    const { attempts, fate, pod: key } = JSON.parse(text);
    expect([key, attempts.length]).toEqual(['default/web-1', 1]);
    const [attempt] = attempts;
    expect(fate).toBe(`on ${attempt.node}`);
    expect(attempt).toMatchObject({
      timeSeconds: expect.closeTo(60, 0),
      outcome: 'scheduled',
      node: 'small-2',
      refusals: [{ plugin: 'TaintToleration', count: 1, nodes: ['gpu-0'] }],
      weights: { TaintToleration: 3, NodeResourcesFit: 1 },
      whyNot: { node: 'small-1', standing: 'outscored', lookedAt: true },
    });
    const [best, second] = attempt.scores;
    expect(best.node).toBe('small-2');
    expect(attempt.margin).toBeGreaterThan(0);
    expect(best.total - second.total).toBe(attempt.margin);
    const sum = (scores: Record<string, number>): number => Object.values(scores).reduce((a, b) => a + b, 0);
    expect(sum(best.plugins)).toBe(best.total);
    expect(sum(attempt.whyNot.lostBy)).toBe(attempt.whyNot.behind);
    expect(await ask('web-1')).toContain(
      `small-2, ${attempt.margin} points ahead of ${second.node}; 3 fit, of 4 nodes`,
    );
  });

  it.each([
    ['gated', 'kept out of the queue by its scheduling gates: example.com/wait'],
    ['placed', 'on small-0, which its creator chose for it'],
    ['foreign', 'not tried: waits for a scheduler called other'],
  ])('says why %s was never tried', async (name, fate) => {
    expect(await ask(name)).toBe(`default/${name} · 0 attempts · ${fate}`);
  });

  it.each<[string, Partial<ExplainArguments>, string]>([
    ['bog', {}, 'demo: no such pod: bog (did you mean big?)'],
    ['web', {}, 'demo: no such pod: web (did you mean web-0, web-1?)'],
    ['other/thing', {}, 'demo: no such pod: other/thing (there are 6: default/big, '],
    ['big', { node: 'gpu0' }, 'demo: no such node: gpu0 (did you mean gpu-0?)'],
    ['big', { attempt: 9 }, 'default/big has no attempt 9: it was tried 3 times'],
    ['big', { attempt: 0 }, '--attempt 0: expected an integer above 0'],
    ['big', { top: Number.NaN }, '--top NaN: expected an integer above 0'],
    ['big', { result: join(root, 'nowhere') }, 'no such folder: '],
    ['big', { result: root }, 'no manifest.json, so this is no result'],
  ])('refuses pod %s with %j', async (name, more, message) => {
    const refusal: unknown = await ask(name, more).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UsageError);
    expect(String(refusal)).toContain(message);
  });

  it('does without pods.csv', async () => {
    const bare = copyWith('bare', (folder) => rmSync(join(folder, 'pods.csv')));
    expect(await ask('gated', { result: bare })).toContain('kept out of the queue');
    await expect(ask('bog', { result: bare })).rejects.toThrow('no such pod: default/bog');
  });

  it('does not explain another run than the one recorded', async () => {
    const changed = copyWith('changed', (folder) =>
      writeFileSync(join(folder, 'inputs/pods.yaml'), pod('big', '1')),
    );
    await expect(ask('big', { result: changed })).rejects.toThrow('input pods.yaml has been changed');
    const other = copyWith('other', (folder) => {
      const manifest = join(folder, 'manifest.json');
      writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"seed": "1"', '"seed": "2"'));
    });
    for (const name of ['big', 'web-1'])
      await expect(ask(name, { result: other })).rejects.toThrow(
        'made again, the run is not the one that was recorded',
      );
  });

  it('prints data to stdout and ends with 0, or says what is wrong and ends with 2', () => {
    expect(kubedes('explain', result, 'gated')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^default\/gated · 0 attempts/),
      stderr: '',
    });
    const partial = copyWith('demo.partial', (folder) => rmSync(join(folder, 'manifest.json')));
    expect(kubedes('explain', partial, 'big')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('the run was interrupted or failed; there is no complete result'),
    });
  });
});
