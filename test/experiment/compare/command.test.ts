import { expect, it } from 'vitest';
import { type ComparisonManifest, compareCommand } from '../../../sim/experiment/compare/index.ts';

const cell = (policy: string, count: number) => ({
  policy,
  proxy: 'iptables',
  variant: undefined,
  settings: { 'cluster.nodes.0.count': count },
});

const manifest: ComparisonManifest = {
  format: 1,
  kubedes: '0',
  scenario: 's',
  entry: 's.yaml',
  set: { 'run.until': '2h', title: 'a, b' },
  given: { policies: true, proxies: false },
  cells: [cell('default', 3), cell('mine', 3), cell('default', 5), cell('mine', 5)],
  seeds: ['1', '2'],
  failed: [],
  runs: [],
};

it('makes a comparison again from its kept inputs, with every axis that was given', () =>
  expect(compareCommand('my results', manifest)).toBe(
    [
      "kubedes compare 'my results/inputs/s.yaml' --policies default,mine",
      `--set run.until=2h --set 'title="a, b"' --set cluster.nodes.0.count=3,5 --seeds 1,2`,
    ].join(' '),
  ));
