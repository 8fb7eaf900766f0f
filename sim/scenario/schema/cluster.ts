/** The machines of a scenario. */
import * as z from 'zod';
import { count, file, labels, manifest, name, quantity } from './values.ts';

const taint = z.strictObject({
  key: z.string(),
  value: z.string().optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
});

const nodeTemplate = z.strictObject({
  name: name.meta({ description: 'Nodes are called <name>-0, <name>-1, …' }),
  count: count.default(1),
  zones: z.array(z.string()).min(1).optional().meta({ description: 'Zones, dealt out in turn' }),
  racksPerZone: z.int().positive().optional(),
  region: z.string().optional(),
  labels: labels.optional(),
  taints: z.array(taint).optional(),
  capacity: z.record(z.string(), quantity).default({ cpu: '16', memory: '64Gi', pods: 110 }),
});

export const cluster = z.strictObject({
  nodes: z.array(nodeTemplate).optional(),
  manifests: z.array(manifest).optional().meta({ description: 'Files with real Node manifests' }),
  trace: z
    .strictObject({ file, format: z.enum(['openb']).default('openb'), pods: z.int().positive().default(110) })
    .optional()
    .meta({ description: 'Machines of a published node list; `pods` is what each may run' }),
  leases: z.enum(['accounted', 'written']).default('accounted').meta({
    description:
      'Heartbeats of kubelets: a closed form while nodes are healthy, or Lease objects renewed every 10 s',
  }),
});

export type NodeTemplate = z.output<typeof nodeTemplate>;
