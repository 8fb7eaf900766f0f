/** What would never advance the clock, or has no value, is refused before the run, at its place in the file. */
import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../sim/api/index.ts';
import { parseScenario } from '../../sim/scenario/parse.ts';

/** The mistakes of a scenario of these fields on line 2, without what was found. */
const mistakes = (body: string): string[] =>
  parseScenario('s.yaml', `{apiVersion: kubedes.io/v1, kind: Scenario, metadata: {name: s},\n${body}}`)
    .diagnostics.map(formatDiagnostic)
    .map((text) => text.split('\n')[0]!);

const arrival = (fields: string): string[] => mistakes(`workload: [{name: w, arrival: ${fields}}]`);

describe('is refused at its place', () => {
  it.each([
    ['record: {interval: 0s}', '2:20: error: record.interval: expected a duration above 0'],
    ['record: {interval: 0.1us}', '2:20: error: record.interval: expected a duration above 0'],
    [
      'faults: [{name: f, failEvery: 0s, repair: 0s}]',
      '2:31: error: faults.0.failEvery: expected times that are not all 0',
    ],
    [
      'workload: [{trace: t.csv, spacing: {exponential: {mean: 0s}}}]',
      '2:57: error: workload.0.spacing.exponential.mean: expected a duration above 0',
    ],
    [
      'workload: [{name: w, arrival: {at: 0s}, runTime: {uniform: {min: 2s, max: 1s}}}]',
      '2:75: error: workload.0.runTime.uniform.max: expected no less than min',
    ],
    [
      'workload: [{name: w, arrival: {at: 0s}, sizes: [{requests: {cpu: {exponential: {mean: 0}}}}]}]',
      '2:87: error: workload.0.sizes.0.requests.cpu.exponential.mean: expected a quantity above 0',
    ],
    [
      'workload: [{name: w, arrival: {at: 0s}, sizes: [{requests: {cpu: {uniform: {min: 1, max: 2}, step: 0}}}]}]',
      '2:100: error: workload.0.sizes.0.requests.cpu.step: expected a quantity above 0',
    ],
    [
      'workload: [{name: w, arrival: {at: 0s}, sizes: [{requests: {cpu: {uniform: {min: 1, max: 500m}}}}]}]',
      '2:90: error: workload.0.sizes.0.requests.cpu.uniform.max: expected no less than min',
    ],
  ])('%s', (body, mistake) => expect(mistakes(body)).toEqual([`s.yaml:${mistake}`]));
});

const RATE = 'expected a rate above 0';

describe('arrivals that never come, or never end, are refused', () => {
  it.each([
    ['{every: 0s}', 'every: expected times that are not all 0'],
    ['{every: {empirical: [0s, 0s]}}', 'every: expected times that are not all 0'],
    ['{every: {uniform: {min: 0s, max: 0s}}}', 'every: expected times that are not all 0'],
    ['{every: {mixture: [{weight: 1, of: 0s}]}}', 'every: expected times that are not all 0'],
    [
      '{every: {mixture: [{weight: 1, of: {gamma: {shape: 1, scale: 0s}}}]}}',
      'every.mixture.0.of.gamma.scale: expected a duration above 0',
    ],
    ['{diurnal: {perSecond: 1, amplitude: .5, period: 0s}}', 'diurnal.period: expected a duration above 0'],
    [
      '{diurnal: {rates: [{from: 0s, perSecond: 1}], period: 0s}}',
      'diurnal.period: expected a duration above 0',
    ],
    ['{diurnal: {rates: [{from: 0s, perSecond: 0}]}}', `diurnal.rates: ${RATE}`],
    [
      '{diurnal: {rates: [{from: 1s, perSecond: 1}]}}',
      'diurnal.rates.0.from: expected the first rate from 0s on',
    ],
    [
      '{diurnal: {rates: [{from: 0s, perSecond: 0}, {from: 48h, perSecond: 1}]}}',
      'diurnal.rates.1.from: expected a time within the period',
    ],
    [
      '{diurnal: {rates: [{from: 0s, perSecond: 1}, {from: 2h, perSecond: 1}, {from: 1h, perSecond: 1}]}}',
      'diurnal.rates.2.from: expected a later time than that of the rate before',
    ],
    [
      '{bursty: {quiet: {perSecond: 0, stay: 1s}, burst: {perSecond: 0, stay: 1s}}}',
      `bursty.burst.perSecond: ${RATE} in one of the two states`,
    ],
    [
      '{bursty: {quiet: {perSecond: 1, stay: 0s}, burst: {perSecond: 1, stay: 1s}}}',
      'bursty.quiet.stay: expected a duration above 0',
    ],
  ])('%s', (fields, mistake) => {
    const [first, ...others] = arrival(fields);
    expect(others).toEqual([]);
    expect(first).toMatch(/^s\.yaml:2:\d+: error: workload\.0\.arrival\./);
    expect(first!.split('arrival.')[1]).toBe(mistake);
  });
});

describe('is taken', () => {
  it.each([
    ['{every: {empirical: [0s, 1s]}}'],
    ['{every: {mixture: [{weight: 1, of: 0s}, {weight: 1, of: 1s}]}}'],
    ['{bursty: {quiet: {perSecond: 0, stay: 1s}, burst: {perSecond: 1, stay: 1s}}}'],
    ['{diurnal: {rates: [{from: 0s, perSecond: 0}, {from: 1h, perSecond: 1}], period: 2h}}'],
  ])('%s', (fields) => expect(arrival(fields)).toEqual([]));

  it('what is not written as a duration, told once', () =>
    expect(arrival('{every: 10 minutes}')).toEqual([
      's.yaml:2:39: error: workload.0.arrival.every: expected a duration such as 10m, 1.5s, 300ms or 1h30m',
    ]));
});
