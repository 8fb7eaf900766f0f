/** A pod as a scenario writes it → the shape that a generator takes. */
import type { PodSpec } from '../api/index.ts';
import type { PodShape } from '../workload/index.ts';
import type { GeneratedWorkload } from './schema/workload.ts';

/** What all pods of a generator have in common, but for drawn sizes. */
export const shapeOf = ({ requests, limits, spec, ...rest }: GeneratedWorkload['pod']): PodShape => ({
  ...rest,
  requests: quantities(requests),
  limits: quantities(limits),
  spec: spec as Partial<PodSpec> | undefined,
});

const quantities = (list: Readonly<Record<string, string | number>> | undefined) =>
  list && Object.fromEntries(Object.entries(list).map(([name, value]) => [name, String(value)]));
