/** Comparisons end to end: same bytes on threads and off, resumed, interrupted; cells, mistakes and broken runs. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isComparison } from '../../../sim/experiment/compare/index.ts';
import { readStudy } from '../../../sim/library/study.ts';
import { compareTiny, filesOf, fixture } from './compare-tiny.ts';

const root = mkdtempSync(join(tmpdir(), 'kubedes-compare-'));
afterAll(() => rmSync(root, { recursive: true }));
const at = (folder: string): string => join(root, folder);

describe('a comparison', () => {
  it('has the same bytes in this thread, on two workers, and after a resumed interruption', async () => {
    const inline = await compareTiny(at('inline'));
    expect(inline.failed).toEqual([]);
    expect(inline.records.size).toBe(4);
    const expected = filesOf(at('inline'));
    expect(Object.keys(expected)).toContain('/comparison.csv');

    await compareTiny(at('threads'), {}, { workers: 2 });
    expect(filesOf(at('threads'))).toEqual(expected);

    const controller = new AbortController();
    const onProgress = (done: number) => void (done === 3 && controller.abort());
    const stopped = await compareTiny(at('resumed'), {}, { signal: controller.signal, onProgress });
    expect(stopped.interrupted).toBe(true);
    expect(stopped.records.size).toBe(3);
    expect(Object.keys(filesOf(at('resumed')))).not.toContain('/comparison.csv');
    const resumed = await compareTiny(at('resumed'), {}, { resume: true });
    expect(resumed.resumed).toBe(3);
    expect(filesOf(at('resumed'))).toEqual(expected);
  });

  it('that is interrupted is none, though an earlier one lay in its folder', async () => {
    await compareTiny(at('again'), { seeds: ['1'] });
    expect(isComparison(at('again'))).toBe(true);
    const controller = new AbortController();
    const settings = { duration: '20s' };
    const onProgress = () => controller.abort();
    const axes = { seeds: ['1', '2'] };
    await compareTiny(at('again'), axes, { settings, signal: controller.signal, onProgress });
    expect(isComparison(at('again'))).toBe(false);
    expect(Object.keys(filesOf(at('again')))).not.toContain('/comparison.csv');
  });

  it('does not take runs of other inputs, and keeps the files of runs if asked', async () => {
    const axes = { policies: ['default'], seeds: ['1'] };
    await compareTiny(at('other'), axes);
    const options = { resume: true, settings: { duration: '20s' }, keepRuns: true };
    const again = await compareTiny(at('other'), axes, options);
    expect(again.resumed).toBe(0);
    expect([...again.records.values()][0]?.simulatedSeconds).toBe(20);
    const [id] = again.records.keys();
    const files = readdirSync(join(at('other'), 'runs', id!));
    expect(files).toEqual(expect.arrayContaining(['manifest.json', 'pods.csv', 'summary.csv']));
  });

  it('that is to keep the files of its runs makes runs again of which only the record was left', async () => {
    const axes = { policies: ['default'], seeds: ['1', '2'] };
    await compareTiny(at('keeps'), axes);
    const wanted = { resume: true, keepRuns: true };
    expect((await compareTiny(at('keeps'), axes, wanted)).resumed).toBe(0);
    const again = await compareTiny(at('keeps'), axes, wanted);
    expect(again.resumed).toBe(2);
    for (const id of again.records.keys())
      expect(readdirSync(join(at('keeps'), 'runs', id))).toContain('pods.csv');
  });

  it('has no pictures of the runs of an earlier one in its folder', async () => {
    const axes = { policies: ['default'], seeds: ['1'] };
    await compareTiny(at('pictures'), axes, { keepRuns: true });
    expect(readStudy([at('pictures')]).runs).toHaveLength(1);
    await compareTiny(at('pictures'), axes, { settings: { duration: '20s' } });
    expect(readdirSync(join(at('pictures'), 'runs'))).toHaveLength(2);
    expect(readStudy([at('pictures')]).runs).toEqual([]);
  });

  it('takes the settings of its cells', async () => {
    const base = { policy: 'default', proxy: 'iptables', variant: undefined };
    const bases = [5, 40].map((count) => ({ ...base, settings: { 'workload.0.count': count } }));
    const { records, plan } = await compareTiny(at('settings'), {
      policies: ['default'],
      seeds: ['1'],
      bases,
    });
    const created = plan.runs.map(
      ({ id }) => records.get(id)?.metrics.find(({ metric }) => metric === 'pods_created')?.value,
    );
    expect(created).toEqual([5, 40]);
    expect(readFileSync(join(at('settings'), 'comparison.csv'), 'utf8')).toContain(
      'tiny,default,iptables,workload.0.count=5,1,pods_created,5,count',
    );
  });

  it('gives every policy the same pods: arrivals, sizes and run times', async () => {
    const { records, plan } = await compareTiny(at('crn'), { seeds: ['7'] });
    const [a, b] = plan.runs.map(({ id }) => records.get(id)!);
    const created = (record: typeof a) =>
      record?.metrics.find(({ metric }) => metric === 'pods_created')?.value;
    expect(created(a)).toBe(created(b));
    expect(a?.eventDigest).not.toBe(b?.eventDigest);
  });

  it('names runs that break off, without repeating them', async () => {
    const axes = { policies: ['default', fixture('throws.ts')], seeds: ['1'] };
    const { failed, records } = await compareTiny(at('throws'), axes);
    expect(records.size).toBe(1);
    expect(failed).toEqual([
      { id: expect.stringMatching(/^throws\.ts-/), message: expect.stringContaining('no score today') },
    ]);
  });

  it('stops at a record that the caller does not want', async () => {
    const onRecord = () => {
      throw new Error('wrong metric');
    };
    await expect(compareTiny(at('unwanted'), {}, { onRecord })).rejects.toThrow('wrong metric');
  });
});
