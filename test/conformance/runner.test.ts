import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstDifference } from './difference.ts';
import { goldenFiles } from './golden.ts';
import { knownFailureLookup, parseKnownFailures } from './known-failures.ts';
import { parseOptions, selectSuites, UsageError } from './options.ts';
import { textReport } from './report.ts';
import { conformance } from './runner.ts';
import type { CaseResult } from './suite.ts';
import { judge } from './verdict.ts';

const pass = (id: string, category = 'c'): CaseResult => ({ id, category, passed: true });
const fail = (id: string, category = 'c'): CaseResult => ({
  id,
  category,
  passed: false,
  difference: `of ${id}`,
});
const known = [{ suite: 's', id: 'bad-*', cause: 'not built' }];

describe('the verdict', () => {
  it.each<[string, CaseResult[], { ok: boolean; strict: boolean }]>([
    ['everything passes', [pass('a')], { ok: true, strict: true }],
    ['nothing was run', [], { ok: true, strict: true }],
    ['a listed case fails', [pass('a'), fail('bad-1')], { ok: true, strict: false }],
    ['an unlisted case fails', [pass('a'), fail('b')], { ok: false, strict: false }],
    ['a listed case passes', [pass('bad-1')], { ok: false, strict: true }],
    ['a listed case passes and another fails', [pass('bad-1'), fail('bad-2')], { ok: false, strict: false }],
  ])('%s', (_, cases, expected) => {
    expect(judge([{ name: 's', cases }], known, false).ok).toBe(expected.ok);
    expect(judge([{ name: 's', cases }], known, true).ok).toBe(expected.strict);
  });

  it('counts by suite and category, and knows a listed failure by suite and id', () => {
    const cases = [pass('a', 'x'), fail('bad-1', 'x'), fail('b', 'w')];
    expect(
      judge(
        [
          { name: 's', cases },
          { name: 't', cases: [fail('bad-1')] },
        ],
        known,
        false,
      ),
    ).toEqual({
      ok: false,
      passed: 1,
      failed: 3,
      suites: [
        {
          name: 's',
          passed: 1,
          failed: 2,
          categories: [
            { name: 'w', passed: 0, failed: 1 },
            { name: 'x', passed: 1, failed: 1 },
          ],
          failures: [
            { id: 'bad-1', category: 'x', difference: 'of bad-1', cause: 'not built' },
            { id: 'b', category: 'w', difference: 'of b', cause: null },
          ],
          unexpectedPasses: [],
        },
        {
          name: 't',
          passed: 0,
          failed: 1,
          categories: [{ name: 'c', passed: 0, failed: 1 }],
          failures: [{ id: 'bad-1', category: 'c', difference: 'of bad-1', cause: null }],
          unexpectedPasses: [],
        },
      ],
    });
  });
});

describe('the text report', () => {
  it('shows every failure, the known ones by cause, and ends with the counts', () => {
    const cases = [pass('a'), fail('bad-1'), fail('bad-2'), fail('b'), pass('bad-3')];
    const lines = textReport(judge([{ name: 's', cases }], known, false))
      .trimEnd()
      .split('\n');
    expect(lines.at(-1)).toBe('2 passed, 3 failed');
    expect(lines.map((line) => line.trim())).toEqual(
      expect.arrayContaining(['known: not built (2)', 'bad-1: of bad-1', 'b: of b', 'bad-3 (not built)']),
    );
  });
});

describe('the list of known failures', () => {
  it('matches ids literally but for *', () => {
    const lookup = knownFailureLookup(parseKnownFailures('- {suite: s, id: "a.(*)+/x*", cause: because}'));
    expect(lookup('s', 'a.(1/2)+/xyz')?.cause).toBe('because');
    expect(lookup('s', 'ab(1)+/x')).toBeUndefined();
    expect(lookup('s', '-a.(1)+/x')).toBeUndefined();
    expect(lookup('t', 'a.(1)+/x')).toBeUndefined();
  });

  it('may be empty, but needs a cause for every entry', () => {
    expect(parseKnownFailures('')).toEqual([]);
    expect(() => parseKnownFailures('- {suite: s, id: a}')).toThrow('cause');
  });
});

describe('the command line', () => {
  it('takes suites repeated and separated by commas', () => {
    const { suites, strict } = parseOptions(['--suite', 'a,b', '--suite=c', '--suite', 'a', '--strict']);
    expect(suites).toEqual(['a', 'b', 'c']);
    expect(strict).toBe(true);
  });

  it('refuses what it does not know', () => {
    expect(() => parseOptions(['--bogus'])).toThrow(UsageError);
    expect(() => selectSuites(['etdc'], ['etcd', 'node'])).toThrow("Did you mean 'etcd'?");
    expect(() => selectSuites(['zzzzzz'], ['etcd', 'node'])).toThrow('Suites: etcd, node');
  });

  it('runs all suites by default, and the wanted ones in their own order', () => {
    expect(selectSuites([], ['a', 'b'])).toEqual(['a', 'b']);
    expect(selectSuites(['c', 'a'], ['a', 'b', 'c'])).toEqual(['a', 'c']);
  });
});

describe('the first difference', () => {
  it.each<[unknown, unknown, string | undefined]>([
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, undefined],
    [{ a: 1 }, { a: 1, b: undefined }, undefined],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, 'a[1].b: expected 2, got 3'],
    [{ a: 1 }, {}, 'a: expected 1, got nothing'],
    [[1], [1, 2], 'value: expected 1 items, got 2; the first unmatched is got 2'],
    [null, {}, 'value: expected null, got {}'],
    [[], {}, 'value: expected [], got {}'],
  ])('between %j and %j', (expected, got, difference) => {
    expect(firstDifference(expected, got)).toBe(difference);
  });
});

describe('a run', () => {
  let golden = '';
  let stdout = '';
  let stderr = '';

  async function run(...args: string[]): Promise<number> {
    stdout = '';
    stderr = '';
    return await conformance(
      args,
      { write: (text) => (stdout += text) },
      { write: (text) => (stderr += text) },
    );
  }

  beforeAll(() => {
    golden = mkdtempSync(join(tmpdir(), 'golden-'));
    mkdirSync(join(golden, 'etcd', 'deep'), { recursive: true });
    const op = { op: 'put', request: { key: 'a' }, response: { revision: 2 } };
    const right = { id: 'right', tags: ['random', 'profile:kv'], ops: [op], watches: [] };
    const wrong = { ...right, id: 'wrong', ops: [op, op] };
    const raft = { id: 'cluster-9', tags: ['cluster'], facts: {} };
    const lines = (...values: object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
    writeFileSync(join(golden, 'etcd', 'deep', 'a.jsonl.gz'), gzipSync(lines(right, raft)));
    writeFileSync(join(golden, 'etcd', 'b.jsonl'), lines(wrong));
    writeFileSync(join(golden, 'etcd', 'README.md'), 'text');
  });

  afterAll(() => {
    rmSync(golden, { recursive: true });
  });

  it('finds files at any depth, zipped or not, by path', () => {
    const files = goldenFiles(golden, 'etcd');
    expect(files.map(({ path }) => path)).toEqual(['README.md', 'b.jsonl', 'deep/a.jsonl']);
    expect(files[0]!.text()).toBe('text');
    expect(files[2]!.read()).toHaveLength(2);
    expect(goldenFiles(golden, 'none')).toEqual([]);
  });

  it('reports failures and ends with the counts', async () => {
    expect(await run('--golden', golden, '--suite', 'etcd')).toBe(1);
    expect(stdout).toContain('wrong: op 1 put: revision: expected 2, got 3');
    expect(stdout.endsWith('\n1 passed, 2 failed\n')).toBe(true);
  });

  it('prints one JSON document', async () => {
    expect(await run('--golden', golden, '--suite', 'etcd', '--json', '--strict')).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ passed: 1, failed: 2, ok: false, suites: [{ name: 'etcd' }] });
  });

  it('takes a mistake on the command line for what it is', async () => {
    expect(await run('--golden', join(golden, 'none'))).toBe(2);
    expect(stderr).toContain('no golden directory');
    expect(await run('--golden', golden, '--suite', 'etc')).toBe(2);
    expect(stderr).toContain("Did you mean 'etcd'?");
    expect(await run('--golden', join(golden, 'etcd'), '--suite', 'etcd')).toBe(2);
    expect(stderr).toContain('no recorded cases');
    expect(stdout).toBe('');
  });

  it('of the recorded answers of etcd fails only where the list says so', async () => {
    expect(await run('--suite', 'etcd')).toBe(0);
    expect(stdout.endsWith('\n80 passed, 9 failed\n')).toBe(true);
  });
});
