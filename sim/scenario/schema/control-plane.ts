/** How the components of the control plane are set: flags, limits and latencies. */
import * as z from 'zod';
import { count, duration, file, object } from './values.ts';

export const latency = z.strictObject({
  requestHop: duration.optional(),
  processing: duration.optional(),
  etcdCommit: duration.optional(),
  responseHop: duration.optional(),
  watchDelivery: duration.optional(),
});

const clientLimit = z
  .strictObject({ qps: z.number(), burst: count })
  .meta({ description: 'Requests per second (0 or less: no limit) and at once' });

/** Components that send requests. A kube-proxy only watches: it has nothing to limit. */
export const clients = z.strictObject({
  'kube-controller-manager': clientLimit.optional(),
  'kube-scheduler': clientLimit.optional(),
  kubelet: clientLimit.optional(),
});

/** Flags of the kube-controller-manager. */
export const controllers = z.strictObject({
  nodeMonitorGracePeriod: duration.optional(),
  nodeEvictionRate: z.number().nonnegative().optional().meta({ description: 'Nodes per second and zone' }),
  terminatedPodGcThreshold: count.optional().meta({ description: '0: terminated pods are kept' }),
  endpointUpdatesBatchPeriod: duration
    .optional()
    .meta({ description: 'How long changes of pods are gathered for Endpoints; absent: not at all' }),
  endpointSliceUpdatesBatchPeriod: duration.optional().meta({ description: 'The same for EndpointSlices' }),
});

export const scheduler = z.strictObject({
  profile: z
    .string()
    .optional()
    .meta({ description: 'Name of a profile, or path of a policy module relative to the scenario file' }),
  pluginConfig: z
    .record(z.string(), object)
    .optional()
    .meta({ description: 'Arguments by plugin, for whatever profile has it' }),
  config: z
    .union([file, object])
    .optional()
    .meta({ description: 'A KubeSchedulerConfiguration document or its file' }),
  tieBreak: z.enum(['random', 'lowest-name']).optional(),
  cycleTime: duration.optional().meta({ description: 'Simulated time that one scheduling cycle takes' }),
});
