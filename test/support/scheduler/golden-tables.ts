/** Recorded tables: queue order and back-off, how many nodes are enough, quantities, pod figures, the default profile. */
import { defaultPlugins } from '../../../policies/index.ts';
import {
  addAmounts,
  amountOf,
  compareQuantities,
  type Pod,
  parseQuantity,
  podResources,
  printQuantity,
  qosClass,
  quantityMilliValue,
  quantityValue,
  subtractAmounts,
} from '../../../sim/api/index.ts';
import { seconds } from '../../../sim/engine/index.ts';
import { numFeasibleNodesToFind, POINT_NAMES } from '../../../sim/scheduler/index.ts';
import { firstDifference } from '../../conformance/difference.ts';
import type { CaseResult } from '../../conformance/suite.ts';
import { loadCluster } from './golden-cluster.ts';
import { queuedPod, queueHarness, REJECTER } from './queue-harness.ts';

const MS = 1000;

export function* tableCases(name: string, content: unknown): Iterable<CaseResult> {
  switch (name) {
    case 'table-queue':
      yield* queueCases(content as QueueTable);
      break;
    case 'table-num-feasible-nodes':
      yield* each(name, (content as { rows: readonly FeasibleRow[] }).rows, feasibleDifference);
      break;
    case 'table-quantities': {
      const { rows, ops } = content as QuantityTable;
      yield* each(`${name}/rows`, rows, quantityDifference);
      yield* each(`${name}/ops`, ops, operationDifference);
      break;
    }
    case 'table-pods':
      yield* each(name, (content as { rows: readonly PodRow[] }).rows, podDifference);
      break;
    case 'default-profile':
      yield* each(name, [content as DefaultProfile], profileDifference);
      break;
    default:
  }
}

function* each<T>(
  category: string,
  rows: readonly T[],
  differenceOf: (row: T) => string | undefined,
): Iterable<CaseResult> {
  for (const [i, row] of rows.entries()) {
    const difference = differenceOf(row);
    const id = `${category}/${i}`;
    yield difference === undefined
      ? { id, category, passed: true }
      : { id, category, passed: false, difference };
  }
}

interface FeasibleRow {
  readonly nodes: number;
  readonly percentageOfNodesToScore: number;
  readonly numFeasibleNodesToFind: number;
}

const feasibleDifference = (row: FeasibleRow): string | undefined =>
  firstDifference(
    row.numFeasibleNodesToFind,
    numFeasibleNodesToFind(row.percentageOfNodesToScore, row.nodes),
    `${row.nodes} nodes, ${row.percentageOfNodesToScore} %`,
  );

interface QueueTable {
  readonly backoff: readonly Backoff[];
  readonly popOrder: readonly PopOrder[];
  readonly popFromBackoffQ: readonly PopFromBackoff[];
}
interface Backoff {
  readonly mode: 'unschedulable' | 'error';
  readonly podInitialBackoffSeconds: number;
  readonly podMaxBackoffSeconds: number;
  readonly startOffsetMs: number;
  readonly attempts: readonly {
    readonly attempt: number;
    readonly failedAtMs: number;
    readonly backoffExpirationMs: number;
    readonly activeAtMs: number;
    readonly queue: string;
  }[];
}
interface PopOrder {
  readonly added: readonly { readonly pod: string; readonly addedAtMs: number; readonly priority?: number }[];
  readonly popped: readonly string[];
}
interface PopFromBackoff {
  readonly podInitialBackoffSeconds: number;
  readonly failed: readonly {
    readonly pod: string;
    readonly failedAtMs: number;
    readonly priority?: number;
  }[];
  readonly movedAtMs: number;
  readonly inBackoffQ: number;
  readonly popped: readonly string[];
}

function* queueCases({ backoff, popOrder, popFromBackoffQ }: QueueTable): Iterable<CaseResult> {
  yield* each('table-queue/backoff', backoff, backoffDifference);
  yield* each('table-queue/pop-order', popOrder, popOrderDifference);
  yield* each('table-queue/pop-from-backoff', popFromBackoffQ, popFromBackoffDifference);
}

/** One pod fails again and again; every 100 ms the queue is flushed until the pod can be popped. */
function backoffDifference(row: Backoff): string | undefined {
  const { queue, at, nodeAdded } = queueHarness({
    initialBackoff: seconds(row.podInitialBackoffSeconds),
    maxBackoff: seconds(row.podMaxBackoffSeconds),
  });
  const got: Backoff['attempts'][number][] = [];
  let now = row.startOffsetMs;
  at(now * MS);
  queue.add(queuedPod('p'));
  for (let attempt = 1; attempt <= row.attempts.length; attempt++) {
    const queued = queue.pop()!;
    if (row.mode === 'unschedulable') queued.rejectedBy(REJECTER);
    queue.addUnschedulable(queued);
    if (row.mode === 'unschedulable') nodeAdded();
    const place = queued.queue === 'error-backoff' ? 'backoff' : queued.queue;
    const failedAtMs = now;
    do {
      now += 100;
      at(now * MS);
      queue.flushBackoff();
    } while (queue.activeCount === 0);
    const backoffExpirationMs = queued.backoffExpiration / MS;
    got.push({ attempt, failedAtMs, backoffExpirationMs, activeAtMs: now, queue: place });
  }
  return firstDifference(row.attempts, got, 'attempts');
}

const priorityOf = (priority: number | undefined) => (priority === undefined ? {} : { priority });

function popOrderDifference(row: PopOrder): string | undefined {
  const { queue, at } = queueHarness();
  for (const { pod, addedAtMs, priority } of row.added) {
    at(addedAtMs * MS);
    queue.add(queuedPod(pod, priorityOf(priority)));
  }
  const popped = row.added.map(() => queue.pop()?.pod.metadata.name);
  return firstDifference(row.popped, popped, 'popped');
}

function popFromBackoffDifference(row: PopFromBackoff): string | undefined {
  const { queue, at, nodeAdded } = queueHarness({ initialBackoff: seconds(row.podInitialBackoffSeconds) });
  for (const { pod, failedAtMs, priority } of row.failed) {
    at(failedAtMs * MS);
    queue.add(queuedPod(pod, priorityOf(priority)));
    const queued = queue.pop()!;
    queued.rejectedBy(REJECTER);
    queue.addUnschedulable(queued);
  }
  at(row.movedAtMs * MS);
  nodeAdded();
  const inBackoffQ = queue.backoffCount;
  const popped = row.popped.map(() => queue.pop()?.pod.metadata.name);
  return firstDifference({ inBackoffQ: row.inBackoffQ, popped: row.popped }, { inBackoffQ, popped });
}

interface QuantityTable {
  readonly rows: readonly QuantityRow[];
  readonly ops: readonly QuantityOperation[];
}
interface QuantityRow {
  readonly input: string;
  readonly valid: boolean;
  readonly [field: string]: unknown;
}
interface QuantityOperation {
  readonly a: string;
  readonly b: string;
  readonly add: string;
  readonly sub: string;
  readonly cmp: number;
}

function quantityDifference(row: QuantityRow): string | undefined {
  const amount = parseQuantity(row.input);
  const got =
    'error' in amount
      ? { input: row.input, valid: false, error: amount.error }
      : {
          input: row.input,
          valid: true,
          canonical: printQuantity(amount),
          format: amount.format,
          value: String(quantityValue(amount)),
          milliValue: String(quantityMilliValue(amount)),
          sign: amount.unscaled > 0n ? 1 : amount.unscaled < 0n ? -1 : 0,
        };
  return firstDifference(row, got, row.input);
}

const operationDifference = ({ a, b, ...expected }: QuantityOperation): string | undefined =>
  firstDifference(
    expected,
    {
      add: printQuantity(addAmounts(amountOf(a), amountOf(b))),
      sub: printQuantity(subtractAmounts(amountOf(a), amountOf(b))),
      cmp: compareQuantities(a, b),
    },
    `${a}, ${b}`,
  );

interface PodRow {
  readonly pod: Pod;
  readonly qosClass: string;
  readonly requests: unknown;
  readonly requestsSkipPodLevel: unknown;
  readonly limits: unknown;
  readonly nodeInfo: unknown;
}

function podDifference({
  pod,
  qosClass: qos,
  requests,
  requestsSkipPodLevel,
  limits,
  nodeInfo,
}: PodRow): string | undefined {
  const figures = podResources(pod.spec);
  return firstDifference(
    { qosClass: qos, requests, requestsSkipPodLevel, limits, nodeInfo },
    {
      qosClass: qosClass(pod.spec),
      requests: figures.requests,
      requestsSkipPodLevel: figures.requestsSkipPodLevel,
      limits: figures.limits,
      nodeInfo: {
        requested: {
          milliCPU: figures.cpuMilli,
          memory: figures.memoryBytes,
          ephemeralStorage: figures.ephemeralStorageBytes,
          scalar: Object.fromEntries(figures.scalars),
        },
        nonZeroRequested: { milliCPU: figures.nonZeroCpuMilli, memory: figures.nonZeroMemoryBytes },
      },
    },
    pod.metadata.name,
  );
}

interface DefaultProfile {
  readonly defaultConfiguration: {
    readonly profiles: readonly {
      readonly plugins: { readonly multiPoint: { readonly enabled: unknown } };
    }[];
  };
  readonly extensionPoints: Readonly<
    Record<string, readonly { readonly Name: string; readonly Weight: number }[] | null>
  >;
}

/** The default plugins, and the order in which they run at each extension point. */
function profileDifference({ defaultConfiguration, extensionPoints }: DefaultProfile): string | undefined {
  const { framework } = loadCluster({});
  const weights = new Map(framework.plugins.scoring.map(({ built, weight }) => [built.name, weight]));
  const got = Object.fromEntries(
    POINT_NAMES.map((point) => [
      point,
      framework.plugins.enabled[point].map(({ name }) => ({
        Name: name,
        Weight: point === 'score' ? (weights.get(name) ?? 0) : 0,
      })),
    ]),
  );
  const expected = Object.fromEntries(POINT_NAMES.map((point) => [point, extensionPoints[point] ?? []]));
  return (
    firstDifference(
      defaultConfiguration.profiles[0]?.plugins.multiPoint.enabled,
      defaultPlugins.multiPoint?.enabled,
    ) ?? firstDifference(expected, got)
  );
}
