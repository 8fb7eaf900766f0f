import { describe, expect, it } from 'vitest';
import { type Container, type Pod, parseRunTime } from '../../sim/api/index.ts';
import { RandomStreams } from '../../sim/engine/index.ts';
import { annotatedProcess } from '../../sim/node/index.ts';

const pod = (name: string, annotations?: Readonly<Record<string, string>>): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', annotations },
    spec: { containers: [] },
  }) as never;
const container: Container = { name: 'c' };

it.each([
  ['90s', 90e6],
  ['exponential 5m', { exponential: { mean: 300e6 } }],
  ['uniform 1m 10m', { uniform: { min: 60e6, max: 600e6 } }],
  ['lognormal 5m 0.8', { lognormal: { median: 300e6, sigma: 0.8 } }],
  ['weibull 1.5 1m', { weibull: { shape: 1.5, scale: 60e6 } }],
  ['pareto 2 1s', { pareto: { shape: 2, scale: 1e6 } }],
  ['gamma 3 10s', { gamma: { shape: 3, scale: 10e6 } }],
  ['', undefined],
  ['exponential', undefined],
  ['exponential 5m 6m', undefined],
  ['uniform 1m', undefined],
  ['lognormal 0.8 5m', undefined],
  ['weibull 0 1m', undefined],
  ['poisson 5', undefined],
])('run time %j is %j', (text, expected) => {
  expect(parseRunTime(text)).toEqual(expected);
});

describe('the annotated process', () => {
  const model = annotatedProcess(new RandomStreams('1'));
  const end = (name: string, annotations: Readonly<Record<string, string>>, instance = 0) =>
    model(pod(name, annotations), container, instance);

  it('runs for ever without a run time', () => {
    expect(model(pod('p'), container, 0)).toBeUndefined();
    expect(end('p', { 'kubedes.io/exit-code': '1' })).toBeUndefined();
  });

  it('ends after a constant with the exit code given', () => {
    expect(end('p', { 'kubedes.io/run-time': '1.5s' })).toEqual({ after: 1.5e6, exitCode: 0 });
    expect(end('p', { 'kubedes.io/run-time': '2s', 'kubedes.io/exit-code': '7' })).toEqual({
      after: 2e6,
      exitCode: 7,
    });
  });

  it('draws by pod and instance, not by order', () => {
    const text = { 'kubedes.io/run-time': 'gamma 0.5 10s' };
    const first = end('a', text);
    const other = annotatedProcess(new RandomStreams('1'));
    for (const name of ['x', 'y']) other(pod(name, text), container, 0);
    expect(other(pod('a', text), container, 0)).toEqual(first);
    expect(end('a', text, 1)).not.toEqual(first);
  });

  it('has the mean of its distribution', () => {
    const text = { 'kubedes.io/run-time': 'exponential 10s' };
    let sum = 0;
    for (let i = 0; i < 20_000; i++) sum += end(`p${i}`, text)!.after;
    // Standard error 0.7 %.
    expect(sum / 20_000 / 10e6).toBeCloseTo(1, 1);
  });
});
