import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { ByteText } from '../../sim/metrics/byte-text.ts';
import { type Cell, CsvTable } from '../../sim/metrics/csv.ts';
import { CSV_FILES } from '../../sim/metrics/schema.ts';

const HEADER = CSV_FILES.summary.map((column) => column.name);

function written(rows: readonly Cell[][]): string {
  let text = '';
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const table = new CsvTable('summary', (bytes) => {
    text += decoder.decode(bytes, { stream: true });
  });
  for (const row of rows) table.add(row);
  table.flush();
  expect(table.rowCount).toBe(rows.length);
  return text;
}

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', '\uFEFF', 'é', '√', '𝄞') }),
);
const cell = fc.oneof(text, fc.double({ noNaN: true }), fc.integer(), fc.maxSafeNat());

describe('CSV tables', () => {
  it('are those that papaparse writes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell, cell), { maxLength: 20 }), (rows) => {
        expect(written(rows)).toBe(`${Papa.unparse([HEADER, ...rows], { newline: '\n', header: false })}\n`);
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  it('do not depend on when the buffer is full', () => {
    const rows = Array.from({ length: 9000 }, (_, i): Cell[] => [
      `row-${i}`,
      i / 7,
      'count',
      '√'.repeat(i % 9),
    ]);
    expect(written(rows)).toBe(`${Papa.unparse([HEADER, ...rows], { newline: '\n', header: false })}\n`);
    expect(written([['x'.repeat(200_000), 1, 'count', '']]).length).toBeGreaterThan(200_000);
  });

  it('refuse rows of another length', () => {
    const table = new CsvTable('summary', undefined);
    expect(() => table.add(['one', 2, 'count'])).toThrow(RangeError);
  });
});

describe('seconds', () => {
  it('are written as their quotient would be', () => {
    const check = (us: number): void => {
      const bytes = new ByteText(64);
      bytes.seconds(us);
      expect(new TextDecoder().decode(bytes.bytes())).toBe(String(us / 1e6));
    };
    fc.assert(fc.property(fc.integer({ min: 0, max: 1e15 }), check), { seed: 12, numRuns: 2000 });
    fc.assert(fc.property(fc.integer({ min: 0, max: 1e8 }), check), { seed: 13, numRuns: 2000 });
    for (const us of [0, 1, 10, 999_999, 1e6, 1_000_001, 1_500_000, 1e15]) check(us);
  });

  it('that were never reached leave the cell empty', () => {
    const bytes = new ByteText(64);
    bytes.seconds(Number.NaN);
    expect(bytes.length).toBe(0);
  });
});
