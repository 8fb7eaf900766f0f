/** Values that many parts of a scenario file share. */
import * as z from 'zod';
import { parseDuration } from '../../api/index.ts';
import { DURATION_PATTERN, QUANTITY_PATTERN } from '../units.ts';

const notDuration = 'expected a duration such as 10m, 1.5s, 300ms or 1h30m';
export const duration = z
  .string({ error: ({ input }) => (input === undefined ? undefined : notDuration) })
  .regex(DURATION_PATTERN, { error: notDuration })
  .meta({ description: 'Duration: 300ms, 1.5s, 10m, 1h30m' });
/** Where 0 has no meaning, or would never advance the clock. */
export const positiveDuration = duration.refine((text) => parseDuration(text) !== 0, {
  error: 'expected a duration above 0',
});
export const quantity = z
  .union([
    z.string().regex(QUANTITY_PATTERN, { error: 'expected a Kubernetes quantity such as 500m, 4 or 16Gi' }),
    z.number().nonnegative(),
  ])
  .meta({ description: 'Kubernetes quantity: 500m, 4, 16Gi' });
export const positiveQuantity = quantity.refine((value) => Number.parseFloat(String(value)) !== 0, {
  error: 'expected a quantity above 0',
});
export const name = z.string().regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, {
  error: 'expected a DNS name: lower case letters, digits, - and .',
});
export const file = z.string().min(1).meta({ description: 'Path, relative to the scenario file' });
export const labels = z.record(z.string(), z.string());
export const count = z.int().nonnegative();

export const positive = z.number().positive();
export const object = z.record(z.string(), z.unknown());

export const manifest = z.union(
  [
    file,
    z.strictObject({
      file,
      count: count.meta({ description: 'So many copies; <n> in the texts of the file numbers them from 0' }),
    }),
  ],
  { error: 'expected a file, or {file, count}' },
);

export type ManifestFile = z.output<typeof manifest>;
