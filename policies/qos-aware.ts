/**
 * QosAware: priority bands with preemption across them, after Borg (Verma et al., EuroSys'15, section 2.5). A pod's band
 * follows from its priority, or, if that is 0, from its quality-of-service class. Higher bands are scheduled first; a pod may
 * evict pods of lower bands, and less important ones of its own band unless that is a production band. Production pods
 * spread over the emptiest nodes, the others fill the fullest.
 */
import { type Pod, qosClass } from '../sim/api/index.ts';
import {
  ArgsReader,
  bestCandidates,
  type CycleState,
  type Diagnosis,
  dryRun,
  type Handle,
  MAX_NODE_SCORE,
  type Plugin,
  type PostFilterResult,
  type ResourceSpec,
  ResourcesByShape,
  type ScoredResource,
  type SortablePod,
  unschedulable,
  whyNotEligible,
} from '../sim/scheduler/contract.ts';

/** From least to most important. */
export const BANDS = ['best-effort', 'batch', 'production', 'monitoring'] as const;
export type Band = (typeof BANDS)[number];
const PRODUCTION = BANDS.indexOf('production');

export interface BandLimits {
  /** Least priorities of these bands; the other positive ones are batch, negative ones best effort. */
  readonly production: number;
  readonly monitoring: number;
}

const BAND_OF_CLASS = { Guaranteed: 'production', Burstable: 'batch', BestEffort: 'best-effort' } as const;

export function bandOf(pod: Pod, { production, monitoring }: BandLimits): Band {
  const priority = pod.spec.priority ?? 0;
  if (priority >= monitoring) return 'monitoring';
  if (priority >= production) return 'production';
  if (priority > 0) return 'batch';
  return priority < 0 ? 'best-effort' : BAND_OF_CLASS[qosClass(pod.spec)];
}

/** Production never preempts production. */
export function mayEvict(pod: Pod, victim: Pod, limits: BandLimits): boolean {
  const [own, other] = [BANDS.indexOf(bandOf(pod, limits)), BANDS.indexOf(bandOf(victim, limits))];
  if (own !== other) return own > other;
  return own < PRODUCTION && (pod.spec.priority ?? 0) > (victim.spec.priority ?? 0);
}

const RESOURCES: readonly ResourceSpec[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];

/** Mean share of CPU and memory that would be taken, in percent. */
function percentTaken(resources: readonly ScoredResource[], row: number): number {
  let sum = 0;
  let known = 0;
  for (const { allocatable, requested, podRequest } of resources) {
    const capacity = allocatable[row]!;
    if (capacity === 0) continue;
    sum += Math.min(1, (requested[row]! + podRequest) / capacity);
    known++;
  }
  return known === 0 ? 0 : Math.trunc((MAX_NODE_SCORE * sum) / known);
}

export const qosAware = (raw: unknown, handle: Handle): Plugin => {
  const limits = readLimits(raw);
  const resources = new ResourcesByShape(handle.snapshot, RESOURCES, true);
  const rank = (pod: Pod): number => BANDS.indexOf(bandOf(pod, limits));
  return {
    name: 'QosAware',
    less: (a: SortablePod, b: SortablePod) => {
      const byBand = rank(b.pod) - rank(a.pod);
      if (byBand !== 0) return byBand < 0;
      const byPriority = (b.pod.spec.priority ?? 0) - (a.pod.spec.priority ?? 0);
      return byPriority < 0 || (byPriority === 0 && a.timestamp < b.timestamp);
    },
    postFilter: (state, pod, diagnosis) => preempt(handle, limits, state, pod, diagnosis),
    scoreRows: ({ pod, shape }, rows, count, scores) => {
      const scored = resources.of(shape);
      const spreads = rank(pod) >= PRODUCTION;
      for (let i = 0; i < count; i++) {
        const taken = percentTaken(scored, rows[i]!);
        scores[i] = spreads ? MAX_NODE_SCORE - taken : taken;
      }
    },
  };
};

function preempt(
  handle: Handle,
  limits: BandLimits,
  state: CycleState,
  pod: Pod,
  diagnosis: Diagnosis,
): PostFilterResult {
  const ineligible = whyNotEligible(handle, pod, diagnosis);
  if (ineligible !== undefined) return { status: unschedulable(`preemption: ${ineligible}`) };
  const rows = diagnosis.rowsWith('Unschedulable');
  const { candidates } = dryRun(handle, state, rows, 0, rows.length, (victim) =>
    mayEvict(pod, victim, limits),
  );
  if (candidates.length === 0)
    return { status: unschedulable('preemption: no pods of lower bands make room'), nominatedNodeName: '' };
  const best = bestCandidates(candidates);
  const drawn = handle.draw('preemption-tie', pod.metadata.uid, state.attempt);
  const { node, victims } = best[Math.floor(drawn * best.length)]!;
  return { status: undefined, nominatedNodeName: node, preemption: { node, victims } };
}

const MAX_PRIORITY = 2 ** 31 - 1;

function readLimits(raw: unknown): BandLimits {
  const args = new ArgsReader(raw, '');
  const production = args.integer('productionPriority', 1_000, 1, MAX_PRIORITY);
  const monitoring = args.integer('monitoringPriority', 1_000_000, 1, MAX_PRIORITY);
  if (monitoring < production) args.report('monitoringPriority', 'must not be below productionPriority');
  args.finish();
  return { production, monitoring };
}
