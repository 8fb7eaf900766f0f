/** What is done to the cluster at set times. */
import * as z from 'zod';
import { scriptedFault } from './faults.ts';
import { count, duration, file, name, object } from './values.ts';

const reference = z.strictObject({ kind: z.string(), name: z.string(), namespace: name.default('default') });

const when = {
  at: duration,
  repeat: z
    .strictObject({ every: duration, count })
    .optional()
    .meta({ description: 'So many times in all; <n> in the texts of the step numbers them from 0' }),
};

export const step = z.union(
  [
    z.strictObject({ ...when, apply: file }),
    z.strictObject({ ...when, delete: reference }),
    z.strictObject({ ...when, scale: reference.extend({ replicas: count }) }),
    z.strictObject({ ...when, patch: reference.extend({ patch: object }) }),
    z.strictObject({
      ...when,
      setImage: reference.extend({ container: z.string(), image: z.string() }),
    }),
    z.strictObject({ ...when, cordon: z.string() }),
    z.strictObject({ ...when, uncordon: z.string() }),
    z.strictObject({ ...when, drain: z.string() }),
    scriptedFault,
  ],
  { error: 'expected `at` with one of apply, delete, scale, patch, setImage, cordon, uncordon, drain, fail' },
);

export type TimelineStep = z.output<typeof step>;
