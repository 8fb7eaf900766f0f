/** Pods that come while a scenario runs: generated, or read from a trace. */
import * as z from 'zod';
import { parseDuration } from '../../api/index.ts';
import { TRACE_FORMAT_NAMES } from '../../workload/index.ts';
import { distribution, drawnQuantity, gap } from './distributions.ts';
import {
  count,
  duration,
  file,
  labels,
  name,
  object,
  positive,
  positiveDuration,
  quantity,
} from './values.ts';

const modulatedState = z.strictObject({
  perSecond: z.number().nonnegative(),
  stay: positiveDuration.meta({ description: 'Mean time in this state, exponentially distributed' }),
});

const bursty = z
  .strictObject({ quiet: modulatedState, burst: modulatedState })
  .refine(({ quiet, burst }) => quiet.perSecond + burst.perSecond > 0, {
    path: ['burst', 'perSecond'],
    error: 'expected a rate above 0 in one of the two states',
  });

const sinusoid = z.strictObject({
  perSecond: positive.meta({ description: 'Mean over the period' }),
  amplitude: z.number().min(0).max(1).meta({ description: 'Share of the mean by which the rate swings' }),
  period: positiveDuration.default('24h'),
  peak: duration.default('14h').meta({ description: 'When in the period the rate is highest' }),
});

const dailyRates = z
  .strictObject({
    rates: z
      .array(z.strictObject({ from: duration, perSecond: z.number().nonnegative() }))
      .min(1)
      .refine((rates) => rates.some(({ perSecond }) => perSecond > 0), { error: 'expected a rate above 0' })
      .meta({ description: 'Rates in force from these times of the period on; the first from 0' }),
    period: positiveDuration.default('24h'),
  })
  .superRefine(({ rates, period }, context) => {
    const end = parseDuration(period);
    const starts = rates.map(({ from }) => parseDuration(from));
    // Forms are told elsewhere.
    if (end === undefined || !starts.every((start) => start !== undefined)) return;
    for (const [i, start] of starts.entries()) {
      const message = misplaced(start, starts[i - 1], end);
      if (message !== undefined) context.addIssue({ code: 'custom', path: ['rates', i, 'from'], message });
    }
  });

/** In µs; `before`: when the rate before it begins. */
function misplaced(start: number, before: number | undefined, end: number): string | undefined {
  if (before === undefined) return start === 0 ? undefined : 'expected the first rate from 0s on';
  if (start <= before) return 'expected a later time than that of the rate before';
  return start < end ? undefined : 'expected a time within the period';
}

const arrival = z.union(
  [
    z.strictObject({ every: gap }),
    z.strictObject({ poisson: z.strictObject({ perSecond: positive }) }),
    z.strictObject({ at: duration }),
    z.strictObject({ bursty }),
    z.strictObject({
      diurnal: z.union([sinusoid, dailyRates], { error: 'expected {perSecond, amplitude} or {rates}' }),
    }),
  ],
  { error: 'expected one of every, poisson, at, bursty, diurnal' },
);

const sizeClass = z.strictObject({
  weight: positive.default(1),
  requests: z.record(z.string(), drawnQuantity),
  limits: z.literal('as-requests').optional(),
  runTime: distribution.optional().meta({ description: 'How long pods of this class run' }),
  priorityClassName: z.string().optional(),
});

const podShape = z.strictObject({
  labels: labels.optional(),
  annotations: labels.optional(),
  requests: z.record(z.string(), quantity).optional(),
  limits: z.record(z.string(), quantity).optional(),
  image: z.string().default('registry.k8s.io/pause:3.10'),
  priorityClassName: z.string().optional(),
  spec: object.optional().meta({ description: 'Any further PodSpec fields, as in a manifest' }),
});

const generated = z.strictObject({
  name,
  namespace: name.default('default'),
  arrival,
  count: count
    .optional()
    .meta({ description: 'How many pods at most; absent: 1 `at` an instant, else no limit' }),
  from: duration.optional(),
  until: duration.optional(),
  runTime: distribution.optional().meta({ description: 'How long a pod runs; absent: for ever' }),
  pod: podShape.prefault({}),
  sizes: z.array(sizeClass).min(1).optional().meta({ description: 'What pods request, drawn by weight' }),
});

const traced = z.strictObject({
  trace: file.meta({ description: 'The trace; may be gzipped' }),
  format: z.enum(TRACE_FORMAT_NAMES).default('csv'),
  namespace: name.default('default'),
  limit: count.optional().meta({ description: 'Only the first so many pods of the file' }),
  from: duration.optional().meta({ description: 'When the trace starts' }),
  timeScale: positive.default(1).meta({ description: '0.1 plays the trace ten times as fast' }),
  spacing: distribution
    .optional()
    .meta({ description: 'Time between arrivals, instead of the recorded ones' }),
  runTimes: z.enum(['recorded', 'none']).default('recorded').meta({ description: 'none: pods run for ever' }),
  order: z.enum(['recorded', 'shuffled']).default('recorded'),
  orders: z.record(z.string(), file).optional().meta({
    description: 'By seed: a list that comes as it is in runs of this seed, not shuffled, not inflated',
  }),
  inflate: z
    .strictObject({ resource: z.enum(['gpu', 'cpu', 'memory']), to: positive })
    .optional()
    .meta({
      description: 'Copies or drops pods until they ask for so much of the capacity; needs `spacing`',
    }),
  sharedGpus: z
    .boolean()
    .default(false)
    .meta({ description: 'Pods with a share of a GPU request no whole device' }),
  swf: z
    .strictObject({
      podsPer: z.enum(['job', 'processor']).default('job'),
      processor: z.strictObject({ cpu: quantity.optional(), memory: quantity.optional() }).optional(),
    })
    .optional(),
  swim: z
    .strictObject({
      pod: z.strictObject({ cpu: quantity.optional(), memory: quantity.optional() }).optional(),
      bytesPerSecond: quantity.optional().meta({ description: 'What a pod processes' }),
      split: quantity.optional().meta({ description: 'Input of one pod; absent: one pod per job' }),
    })
    .optional(),
});

export const workload = z.union([generated, traced], {
  error: 'expected a generator {name, arrival, …} or {trace}',
});

export type GeneratedWorkload = z.output<typeof generated>;
export type SizeClassSpec = z.output<typeof sizeClass>;
export type TracedWorkload = z.output<typeof traced>;
