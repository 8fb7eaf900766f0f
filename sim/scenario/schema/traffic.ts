/** Requests to Services. */
import * as z from 'zod';
import { distribution } from './distributions.ts';
import { duration, name, positive } from './values.ts';

export const traffic = z.strictObject({
  name: name.optional(),
  service: z.string().regex(/^[^/]+\/[^/]+$/, { error: 'expected namespace/name of a Service' }),
  port: z.int().positive().optional(),
  rate: z
    .union([
      positive,
      z.array(z.strictObject({ from: duration, perSecond: z.number().nonnegative() })).min(1),
    ])
    .optional()
    .meta({ description: 'Open loop: requests per second (Poisson), or steps of them' }),
  clients: z.int().positive().optional().meta({ description: 'Closed loop: number of clients' }),
  thinkTime: distribution
    .default('1s')
    .meta({ description: 'Closed loop: from an answer to the next request' }),
  serviceTime: distribution.default('1ms').meta({ description: 'How long a pod works on a request' }),
  clientsAt: z
    .enum(['inside', 'outside'])
    .default('inside')
    .meta({ description: 'On the nodes, or behind a load balancer' }),
  concurrency: z
    .int()
    .positive()
    .optional()
    .meta({ description: 'Requests that a pod serves at once; absent: no limit' }),
  requestsPerConnection: z.int().positive().optional().meta({ description: '1: no keep-alive' }),
  connectTimeout: duration.optional(),
  from: duration.optional(),
  until: duration.optional(),
});

export type TrafficSpec = z.output<typeof traffic>;
