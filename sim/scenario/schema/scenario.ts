/**
 * The scenario file: one YAML document (YAML 1.2, unknown keys are errors) that describes a cluster, its
 * workload, traffic, faults and timeline. Units are Kubernetes quantities and Go durations (`10m`, `1.5s`).
 */
import * as z from 'zod';
import { CSV_NAMES } from '../../metrics/index.ts';
import { cluster } from './cluster.ts';
import { clients, controllers, latency, scheduler } from './control-plane.ts';
import { fault } from './faults.ts';
import { step } from './timeline.ts';
import { traffic } from './traffic.ts';
import { duration, manifest, name, positiveDuration, quantity } from './values.ts';
import { workload } from './workload.ts';

export const SCENARIO_API_VERSION = 'kubedes.io/v1';

const variant = z.strictObject({
  name,
  set: z.record(z.string(), z.unknown()).meta({ description: 'path: value, as --set' }),
});

/** Variants are chosen, and their results told apart, by name. */
const variants = z
  .array(variant)
  .min(1)
  .superRefine((list, context) => {
    for (const [i, { name }] of list.entries())
      if (list.findIndex((other) => other.name === name) < i)
        context.addIssue({ code: 'custom', path: [i, 'name'], message: 'another variant has this name' });
  });

export const scenarioSchema = z.strictObject({
  apiVersion: z.literal(SCENARIO_API_VERSION),
  kind: z.literal('Scenario'),
  metadata: z.strictObject({
    name,
    question: z.string().optional(),
    expect: z.string().optional().meta({ description: 'The shape of the expected answer' }),
  }),
  seed: z.union([z.int(), z.string()]).default(1),
  epoch: z.iso
    .datetime({ offset: true, error: 'expected a date such as 2026-01-01T00:00:00Z' })
    .default('2026-01-01T00:00:00Z'),
  duration: duration.optional().meta({ description: 'How long to simulate; with `stop`, at most' }),
  stop: z.enum(['settled', 'workload-done']).optional().meta({
    description:
      'settled: nothing changes any more; workload-done: no pod is to come, and all have ended but those of replica sets',
  }),
  cluster: cluster.default({
    leases: 'accounted',
    nodes: [{ name: 'node', count: 3, capacity: { cpu: '16', memory: '64Gi', pods: 110 } }],
  }),
  apiserver: z.strictObject({ latency: latency.optional() }).optional(),
  scheduler: scheduler.optional(),
  controllers: controllers.optional(),
  clients: clients.optional(),
  images: z
    .record(z.string(), quantity)
    .optional()
    .meta({ description: 'Compressed size of images by name' }),
  registryBandwidth: quantity.optional().meta({ description: 'Bytes per second per node' }),
  manifests: z.array(manifest).optional(),
  workload: z.array(workload).optional(),
  proxyMode: z.string().default('iptables'),
  traffic: z.array(traffic).optional(),
  faults: z.array(fault).optional(),
  timeline: z.array(step).optional(),
  variants: variants.optional().meta({ description: 'Runs to be made side by side' }),
  record: z
    .strictObject({
      interval: positiveDuration.default('10s').meta({ description: 'Between two samples' }),
      files: z.array(z.enum(CSV_NAMES)).optional().meta({
        description:
          'CSV files to write; absent: all. Of files left out nothing is recorded, so that the summary lacks their metrics',
      }),
    })
    .prefault({}),
});

export type Scenario = z.output<typeof scenarioSchema>;
export type VariantSpec = z.output<typeof variant>;

/** JSON Schema (2020-12) of the scenario file, for editors. */
export const scenarioJsonSchema = (): unknown => z.toJSONSchema(scenarioSchema, { io: 'input' });
