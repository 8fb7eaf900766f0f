import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { type Cell, CsvTable } from '../../sim/metrics/csv.ts';
import { CSV_FILES } from '../../sim/metrics/schema.ts';

const HEADER = CSV_FILES.summary.map((column) => column.name);

function written(rows: readonly Cell[][]): string {
  let text = '';
  const table = new CsvTable('summary', (more) => {
    text += more;
  });
  for (const row of rows) table.add(row);
  table.flush();
  expect(table.rowCount).toBe(rows.length);
  return text;
}

const cell = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', '\uFEFF', 'é', '√', '𝄞') }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
);

describe('CSV tables', () => {
  it.each<[string, Cell[], string]>([
    ['words', ['node-1', 'web', 'count', 'x'], 'node-1,web,count,x'],
    ['numbers', [1, 0.1, -2.5, 1e21], '1,0.1,-2.5,1e+21'],
    ['empty cells', ['', '', '', ''], ',,,'],
    ['what would be taken for syntax', ['a,b', 'c"d', 'e\nf', ' g'], '"a,b","c""d","e\nf"," g"'],
  ])('hold %s', (_, row, line) => {
    expect(written([row])).toBe(`${HEADER.join(',')}\n${line}\n`);
  });

  it('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell, cell), { maxLength: 20 }), (rows) => {
        const { data } = Papa.parse<string[]>(written(rows), { newline: '\n' });
        expect(data).toEqual([HEADER, ...rows.map((row) => row.map(String)), ['']]);
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  it('do not depend on when rows are flushed', () => {
    const rows = Array.from({ length: 1100 }, (_, i): Cell[] => [
      `row-${i}`,
      i / 7,
      'count',
      '√'.repeat(i % 9),
    ]);
    const lines = rows.map((row) => `${row.join(',')}\n`);
    expect(written(rows)).toBe(`${HEADER.join(',')}\n${lines.join('')}`);
  });

  it('refuse rows of another length', () => {
    const table = new CsvTable('summary', undefined);
    expect(() => table.add(['one', 2, 'count'])).toThrow(RangeError);
    expect(table.rowCount).toBe(0);
  });
});
