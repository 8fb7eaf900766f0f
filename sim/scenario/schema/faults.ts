/** What fails, when, and for how long. */
import * as z from 'zod';
import { distribution, gap } from './distributions.ts';
import { duration, labels, name } from './values.ts';

const target = z.union([
  z.strictObject({ node: z.string() }),
  z.strictObject({
    nodeRunning: labels.meta({
      description: 'The first node, by name, that runs a pod with these labels then',
    }),
  }),
  z.strictObject({ zone: z.string() }),
  z.strictObject({ rack: z.string() }),
  z.strictObject({
    kubelet: z.string().meta({ description: 'A node whose kubelet stops; containers go on' }),
  }),
  z.strictObject({
    pod: z
      .string()
      .regex(/^[^/]+\/[^/]+$/, { error: 'expected namespace/name of a Pod' })
      .meta({ description: 'namespace/name' }),
    container: z.string().optional(),
    exitCode: z.int().min(0).max(255).optional(),
  }),
]);

export const scriptedFault = z.strictObject({ at: duration, fail: target, for: duration.optional() });

export const fault = z.union(
  [
    scriptedFault,
    z.strictObject({
      name,
      failEvery: gap.meta({ description: 'Time between failures of one node' }),
      repair: distribution.meta({ description: 'Time to repair' }),
      nodes: labels.optional().meta({ description: 'Labels of the nodes concerned; absent: all' }),
      level: z.enum(['node', 'rack', 'zone']).default('node'),
    }),
  ],
  { error: 'expected {at, fail, for} or {name, failEvery, repair}' },
);

export type FaultSpec = z.output<typeof fault>;
