/** `kubedes report` on real results. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../sim/experiment/errors.ts';
import { readStudy } from '../../sim/library/study.ts';
import { drawPictures, htmlReport } from '../../sim/report/index.ts';
import { kubedes } from '../support/cli.ts';
import { writeResult } from './result-folder.ts';

const SCENARIO = `
apiVersion: kubedes.io/v1
kind: Scenario
metadata: { name: small, question: Which is better?, expect: Neither. }
seed: 1
duration: 10m
cluster:
  nodes: [{ name: node, count: 4, capacity: { cpu: 4, memory: 16Gi, pods: 20 } }]
workload:
  - name: job
    arrival: { poisson: { perSecond: 0.2 } }
    until: 5m
    runTime: { exponential: { mean: 1m } }
    pod: { requests: { cpu: 1, memory: 1Gi }, annotations: { kubedes.io/tenant: a/b } }
  - name: other
    arrival: { every: 1m }
    count: 3
    runTime: 1m
`;

const folder = mkdtempSync(join(tmpdir(), 'kubedes-report-'));
const at = (...names: string[]) => join(folder, ...names);
const read = (...names: string[]) => readFileSync(at(...names), 'utf8');
const htmlOf = (...names: string[]) => {
  const study = readStudy(names.map((name) => at(name)));
  return htmlReport(study, drawPictures(study));
};

const COMPARE = ['--policies', 'default,most-allocated', '--seeds', '1..3', '--keep-runs', '--workers', '0'];

beforeAll(() => {
  writeFileSync(at('small.yaml'), SCENARIO);
  expect(kubedes('compare', at('small.yaml'), ...COMPARE, '--out', at('comparison')).status).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a report of a comparison', () => {
  it('opens with question and verdict, has intervals, pictures of kept runs, and a timeline of them', () => {
    const files = ['--out', at('report.html'), '--svg', at('svg'), '--trace-events', at('timeline.json')];
    const { status, stderr } = kubedes('report', at('comparison'), ...files);
    expect([status, stderr]).toEqual([0, '']);
    const html = read('report.html');
    const order = ['Which is better?', '>Verdict<', '<svg'].map((text) => html.indexOf(text));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(html).toContain('Of 3 seeds, pictures of single runs show seed 1.');
    const pictures = readdirSync(at('svg'));
    expect(pictures).toContain('gantt.svg');
    expect(pictures.some((name) => name.startsWith('metric-'))).toBe(true);
    expect(pictures).toContain('metric-pending-time-mean-s-tenant-a-b.svg');
    expect(pictures.every((name) => /^[a-z0-9-]+\.svg$/.test(name))).toBe(true);
    for (const name of pictures) expect(read('svg', name)).toMatch(/^<svg xmlns=.*<\/svg>\n$/s);
    const timeline = JSON.parse(read('timeline.json'));
    expect(timeline.displayTimeUnit).toBe('ms');
    expect(timeline.traceEvents.length).toBeGreaterThan(100);
  });

  it('is the same at every call', () => {
    expect(htmlOf('comparison')).toBe(read('report.html'));
  });

  it('gives the command that makes the comparison again', () => {
    const [, command = ''] = /<code>kubedes (compare [^<]*)<\/code>/.exec(read('report.html')) ?? [];
    const again = kubedes(...command.split(' '), '--workers', '0', '--out', at('again'));
    expect(again.status).toBe(0);
    expect(read('again', 'comparison.csv')).toBe(read('comparison', 'comparison.csv'));
  });
});

describe('a report of runs', () => {
  it('takes a folder of runs, with their seeds as replications, and leaves incomplete ones', () => {
    mkdirSync(at('runs', 'broken.partial'), { recursive: true });
    for (const name of readdirSync(at('comparison', 'runs')).filter((name) => !name.endsWith('.json')))
      renameSync(at('comparison', 'runs', name), at('runs', name));
    const { replays, runs } = readStudy([at('runs')]);
    expect([replays.length, runs.length]).toEqual([6, 2]);
    expect(htmlOf('runs')).toContain('6 runs of ');
  });

  it('is not possible where a comparison kept none: the report says so', () => {
    const html = htmlOf('comparison');
    expect(html).toContain('the comparison kept no CSV files of its runs');
    expect(html).toContain('id="metric-');
  });

  it('shows the figures of one run without comparing', () => {
    const summary = [
      { metric: 'pods_succeeded', value: 7, unit: 'count', meaning: 'pods given a node' },
      { metric: 'request_error_ratio', value: 0.25, unit: 'ratio', meaning: 'errors over requests' },
    ];
    writeResult(at('one'), { summary });
    expect(readStudy([at('one')]).verdict).toEqual(['pods_succeeded 7, request_error_ratio 25.0 %.']);
  });
});

describe('a result with some files only', () => {
  it('has a report of those', () => {
    writeResult(at('part'), { cluster: [{ time_s: 10, pods_pending: 1, pods_starting: 0 }] });
    const { verdict } = readStudy([at('part')]);
    expect(verdict.length).toBe(1);
    expect(htmlOf('part')).toContain('id="pending"');
  });
});

describe('mistakes', () => {
  it.each([
    ['no such folder', ['nowhere']],
    ['a folder without results', ['svg']],
    ['a comparison beside another result', ['comparison', 'one']],
  ])('%s', (_, names) => {
    expect(() => readStudy(names.map((name) => at(name)))).toThrow(UsageError);
  });

  it('end with exit code 2 before anything is written', () => {
    const { status } = kubedes(
      'report',
      at('comparison'),
      '--out',
      at('no.html'),
      '--trace-events',
      at('no.json'),
    );
    expect([status, existsSync(at('no.html')), existsSync(at('no.json'))]).toEqual([2, false, false]);
  });
});
