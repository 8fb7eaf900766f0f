import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { csvRows } from '../../sim/report/csv-rows.ts';
import { inFolder } from '../support/cli.ts';

/** Read back, and read whole by papaparse. */
const bothWays = (text: string) =>
  inFolder((folder) => {
    const path = join(folder, 'a.csv');
    writeFileSync(path, text);
    const whole = Papa.parse<string[]>(readFileSync(path, 'utf8'), {
      delimiter: ',',
      newline: '\n',
      skipEmptyLines: true,
    }).data;
    return { rows: [...csvRows(path)], whole };
  });

describe('csvRows', () => {
  it('reads small files as papaparse does', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '1', ',', '"', '\n', 'µ', '€', '𝄞') });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (cells) => {
        const { rows, whole } = bothWays(`${Papa.unparse(cells, { newline: '\n' })}\n`);
        expect(rows).toEqual(whole);
      }),
    );
  });

  it('reads files of several blocks, whatever the blocks cut through', () => {
    const cells = Array.from({ length: 60_000 }, (_, i) => [`${i}`, 'µ€𝄞"\n,'.repeat(i % 5), 'end']);
    const { rows, whole } = bothWays(`${Papa.unparse(cells, { newline: '\n' })}\n`);
    expect(rows.length).toBe(60_000);
    expect(rows).toEqual(whole);
  });

  it('reads a last row without newline, and nothing from an empty file', () => {
    expect(bothWays('a,b\n1,2').rows).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
    expect(bothWays('').rows).toEqual([]);
  });
});
