/** Fits: known parameters are found again, the family is chosen rightly, and the YAML is a valid workload with the same load. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type DistributionSpec, distribution, RandomStreams, START } from '../../../sim/engine/index.ts';
import {
  chooseFit,
  digamma,
  fitFamilies,
  fitTrace,
  generatorSpec,
  generatorYaml,
  trigamma,
} from '../../../sim/experiment/fit/index.ts';
import { loadScenario } from '../../../sim/scenario/index.ts';
import { sourcesOf } from '../../../sim/scenario/sources.ts';
import { readTrace } from '../../../sim/workload/index.ts';
import { csvSample, openbSample, swfSample } from '../../workload/samples.ts';

const draws = (spec: DistributionSpec, count = 20_000, seed = 'fit'): Float64Array => {
  const random = new RandomStreams(seed).stream('draws', JSON.stringify(spec));
  const { sample } = distribution(spec);
  return Float64Array.from({ length: count }, () => sample(random));
};

describe('fits', () => {
  it.each([
    [{ exponential: { mean: 60 } }],
    [{ lognormal: { median: 30, sigma: 1.2 } }],
    [{ weibull: { shape: 0.6, scale: 100 } }],
    [{ gamma: { shape: 3, scale: 10 } }],
    [{ gamma: { shape: 0.3, scale: 50 } }],
    [{ pareto: { shape: 2.5, scale: 5 } }],
  ] satisfies [DistributionSpec][])('find %j again', (spec) => {
    const values = draws(spec);
    const fits = fitFamilies(values);
    const [family, parameters] = Object.entries(spec)[0]!;
    const chosen = chooseFit(fits, values.reduce((a, b) => a + b) / values.length, values.length);
    expect(chosen?.family).toBe(family);
    const found = Object.values(chosen!.spec)[0] as Record<string, number>;
    for (const [name, value] of Object.entries(parameters)) {
      expect(found[name]! / (value as number), name).toBeGreaterThan(0.94);
      expect(found[name]! / (value as number), name).toBeLessThan(1.06);
    }
  });

  it('have the log-likelihood of their densities', () => {
    const values = Float64Array.of(1, 2, 4);
    const of = (family: string) => fitFamilies(values).find((fit) => fit.family === family)!;
    const [mean, meanLog] = [7 / 3, Math.log(8) / 3];
    expect(of('exponential').logLikelihood).toBeCloseTo(-3 * (Math.log(mean) + 1), 10);
    expect(of('exponential').aic).toBeCloseTo(2 + 6 * (Math.log(mean) + 1), 10);
    const sigma = Math.sqrt([1, 2, 4].reduce((sum, x) => sum + (Math.log(x) - meanLog) ** 2, 0) / 3);
    const density = (x: number) =>
      -Math.log(x * sigma * Math.sqrt(2 * Math.PI)) - (Math.log(x) - meanLog) ** 2 / (2 * sigma ** 2);
    expect(of('lognormal').logLikelihood).toBeCloseTo(density(1) + density(2) + density(4), 10);
  });

  it('none of values that do not vary', () => {
    expect(fitFamilies(Float64Array.of(5, 5, 5))).toEqual([]);
    expect(fitFamilies(Float64Array.of(5))).toEqual([]);
  });

  it('a simpler exponential is taken where it is as good, and no fit that loses the mean', () => {
    const spec = { exponential: { mean: 1 } };
    const candidate = (family: 'exponential' | 'gamma' | 'lognormal', aic: number, of: DistributionSpec) => ({
      family,
      aic,
      spec: of,
      logLikelihood: -aic / 2,
    });
    expect(
      chooseFit(
        [candidate('gamma', 100, { gamma: { shape: 1, scale: 1 } }), candidate('exponential', 101, spec)],
        1,
        10,
      )?.family,
    ).toBe('exponential');
    expect(
      chooseFit(
        [candidate('gamma', 100, { gamma: { shape: 1, scale: 1 } }), candidate('exponential', 140, spec)],
        1,
        10,
      )?.family,
    ).toBe('gamma');
    expect(
      chooseFit(
        [
          candidate('lognormal', 1, { lognormal: { median: 1, sigma: 2 } }),
          candidate('exponential', 140, spec),
        ],
        1,
        10,
      )?.family,
    ).toBe('exponential');
  });

  it('digamma and trigamma have their known values', () => {
    expect(digamma(1)).toBeCloseTo(-0.5772156649015329, 11);
    expect(digamma(0.5)).toBeCloseTo(-1.9635100260214235, 11);
    expect(trigamma(1)).toBeCloseTo(Math.PI ** 2 / 6, 11);
    expect(trigamma(0.5)).toBeCloseTo(Math.PI ** 2 / 2, 11);
  });
});

/** The first pods that the fitted workload gives, through the scenario it is pasted into. */
function generated(yaml: string, count: number) {
  const text = `apiVersion: kubedes.io/v1\nkind: Scenario\nmetadata: { name: fitted }\n${yaml}`;
  const { runs, diagnostics } = loadScenario('s.yaml', {
    read: () => text,
    resolve: (_, reference) => reference,
    show: (path) => path,
  });
  // No node of the scenario has a GPU: a warning.
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const source = sourcesOf(runs[0]!, new RandomStreams('generated'), [])[0]!;
  return Array.from({ length: count }, () => source.next()!);
}

describe.each([
  ['csv', csvSample(3000)],
  ['openb', openbSample(3000)],
  ['swf', swfSample(3000)],
] as const)('a generator fitted to a %s trace', (format, text) => {
  const trace = readTrace(format, [text]);
  const fit = fitTrace(trace);
  const yaml = generatorYaml('sample', generatorSpec('fitted', fit), fit);
  const pods = generated(yaml, 3000);
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

  it('is the same YAML every time', () => {
    const again = fitTrace(readTrace(format, [text]));
    expect(generatorYaml('sample', generatorSpec('fitted', again), again)).toBe(yaml);
    expect((parse(yaml) as { workload: unknown[] }).workload).toHaveLength(1);
  });

  it('has the rate, run times and requests of the trace within a tenth', () => {
    const spanSeconds = (pods.at(-1)!.at - START) / 1e6;
    expect(spanSeconds / fit.spanSeconds).toBeGreaterThan(0.9);
    expect(spanSeconds / fit.spanSeconds).toBeLessThan(1.1);
    const runTimes = pods.map(
      ({ pod }) => Number.parseInt(pod.metadata.annotations!['kubedes.io/run-time']!, 10) / 1e6,
    );
    expect(mean(runTimes) / fit.runTimes!.mean).toBeGreaterThan(0.88);
    expect(mean(runTimes) / fit.runTimes!.mean).toBeLessThan(1.12);
    const cpu = pods.map(
      ({ pod }) =>
        Number.parseInt(pod.spec!.containers[0]!.resources!.requests!['cpu']!, 10) *
        (pod.spec!.containers[0]!.resources!.requests!['cpu']!.endsWith('m') ? 1 : 1000),
    );
    const traced = mean([...trace.shape].map((index) => trace.shapes[index]!.cpuMilli));
    expect(mean(cpu) / traced).toBeGreaterThan(0.9);
    expect(mean(cpu) / traced).toBeLessThan(1.1);
  });
});

describe('odd traces', () => {
  const fitOf = (rows: string) => {
    const fit = fitTrace(readTrace('csv', [`id,arrival_s,cpu_m,mem_mib,duration_s\n${rows}`]));
    return generatorSpec('odd', fit);
  };

  it('a batch, a clock, pods that never end', () => {
    expect(fitOf('a,5,1,1,\nb,5,1,1,\nc,5,1,1,\n')).toMatchObject({ arrival: { at: '0s' }, count: 3 });
    expect(fitOf('a,0,1,1,\nb,10,1,1,\nc,20,1,1,\n').arrival).toEqual({ every: '10s' });
    expect(fitOf('a,0,1,1,\nb,10,1,1,\nc,20,1,1,\n').runTime).toBeUndefined();
    expect(fitOf('a,0,1,1,7\nb,10,1,1,7\nc,20,1,1,7\n').runTime).toBe('7s');
  });

  it('too short ones are refused', () => {
    expect(() => fitOf('a,0,1,1,1\n')).toThrow(RangeError);
  });

  it('families can be named', () => {
    const fit = fitTrace(readTrace('csv', [csvSample(500)]), { gaps: 'weibull', runTime: 'lognormal' });
    expect(generatorSpec('named', fit)).toMatchObject({
      arrival: { every: { weibull: {} } },
      runTime: { lognormal: {} },
    });
  });
});
