import { describe, expect, test } from 'vitest';
import {
  annotations,
  dns1035LabelProblems,
  dnsLabelProblems,
  dnsSubdomainProblems,
  labelValueProblems,
  parseCron,
  portNameProblems,
  qualifiedNameProblems,
  readAnnotation,
} from '../../sim/api/index.ts';

describe('names', () => {
  const long = 'x'.repeat(64);
  test.each([
    ['label', dnsLabelProblems, ['a', 'a-1', '1a'], ['', 'A', '-a', 'a-', 'a.b', 'a_b', long]],
    [
      'subdomain',
      dnsSubdomainProblems,
      ['a', 'a.b', 'a-1.b'],
      ['', 'a..b', '.a', 'A', `${'x'.repeat(250)}.abc`],
    ],
    ['1035 label', dns1035LabelProblems, ['a', 'a-1'], ['1a', '', 'a-', 'a.b']],
    [
      'qualified name',
      qualifiedNameProblems,
      ['a', 'A.b_c-d', 'x.io/Y'],
      ['', '/a', 'x/', 'a b', 'X.io/a', 'a/b/c', long],
    ],
    ['label value', labelValueProblems, ['', 'A', 'a.b_c-d', '1'], ['-a', 'a-', 'a b', 'a/b', long]],
    ['port name', portNameProblems, ['http', 'a-1'], ['', '80', 'HTTP', 'a--b', '-a', 'a-', 'x'.repeat(16)]],
  ])('%s', (_, problems, good, bad) => {
    for (const text of good) expect(problems(text), text).toEqual([]);
    for (const text of bad) expect(problems(text), text).not.toEqual([]);
  });
});

describe('cron', () => {
  const fields = (text: string) => {
    const schedule = parseCron(text);
    if ('error' in schedule || schedule.kind !== 'fields') throw new Error(text);
    return schedule.fields;
  };

  test('ranges, steps, lists and names', () => {
    const { minute, hour, dayOfMonth, month, dayOfWeek } = fields('*/20 9-17/4 1,15 jan-mar MON');
    expect([...minute.values]).toEqual([0, 20, 40]);
    expect([...hour.values]).toEqual([9, 13, 17]);
    expect([...dayOfMonth.values]).toEqual([1, 15]);
    expect([...month.values]).toEqual([1, 2, 3]);
    expect([...dayOfWeek.values]).toEqual([1]);
    expect([...fields('5/15 * * * *').minute.values]).toEqual([5, 20, 35, 50]);
  });

  test('a plain star is told from a full set', () => {
    expect(fields('* * * * *').dayOfMonth.star).toBe(true);
    expect(fields('* * ? * *').dayOfMonth.star).toBe(true);
    expect(fields('* * */2 * *').dayOfMonth.star).toBe(false);
    expect(fields('* * 1-31 * *').dayOfMonth.star).toBe(false);
  });

  test('descriptors', () => {
    expect(fields('@hourly')).toEqual(fields('0 * * * *'));
    expect(parseCron('@every 1h30m')).toEqual({ kind: 'every', seconds: 5400 });
  });

  test.each([
    ['', 'empty spec string'],
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['* * * * 7', 'end of range (7) above maximum (6): 7'],
    ['5-3 * * * *', 'beginning of range (5) beyond end of range (3): 5-3'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
    ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ['@fortnightly', 'unrecognized descriptor: @fortnightly'],
  ])('%j', (text, error) => {
    expect(parseCron(text)).toEqual({ error });
  });
});

describe('annotations of the simulator', () => {
  test('every example is in its format', () => {
    for (const { name, example, parse } of Object.values(annotations))
      expect(parse(example), name).not.toBeUndefined();
  });

  test('values come typed, malformed ones not at all', () => {
    const pod = (text: string) => ({
      metadata: { annotations: { 'kubedes.io/run-time': text, 'kubedes.io/input': 'a | b' } },
    });
    expect(readAnnotation(pod('90s'), 'runTime')).toBe(90_000_000);
    expect(readAnnotation(pod('90s'), 'input')).toEqual(['a', 'b']);
    expect(readAnnotation(pod('soon'), 'runTime')).toBeUndefined();
    expect(readAnnotation({ metadata: {} }, 'runTime')).toBeUndefined();
  });
});
