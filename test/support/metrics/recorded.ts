/** Plays observations to the recorders of a run and reads what they wrote. */
import Papa from 'papaparse';
import {
  type Node,
  type ObservationBus,
  type ObservationMap,
  observationBus,
  type Pod,
} from '../../../sim/api/index.ts';
import { instant, type SimTime } from '../../../sim/engine/index.ts';
import { type CsvName, CsvTable, createRecorders } from '../../../sim/metrics/index.ts';

export const second = (s: number): SimTime => instant(Math.round(s * 1e6));

interface Told {
  readonly at: number;
  readonly tell: (bus: ObservationBus) => void;
}

/** Something that is observed at a second of the run. */
export const seen = <K extends keyof ObservationMap>(
  at: number,
  kind: K,
  what: Omit<ObservationMap[K], 'time'>,
): Told => ({
  at,
  tell: (bus) => bus.emit(kind, { ...what, time: second(at) } as unknown as ObservationMap[K]),
});

type PodKind = 'pod-changed' | 'scheduling-attempt' | 'pod-lifecycle' | 'container-restarted';

/** Something that happened to a pod; pods of one UID have one slot. */
export const podSeen = <K extends PodKind>(
  at: number,
  kind: K,
  what: Omit<ObservationMap[K], 'time' | 'slot'> & { readonly pod: Pod },
): Told => seen(at, kind, { ...what, slot: slotOf(what.pod) } as unknown as Omit<ObservationMap[K], 'time'>);

const slots = new Map<string, number>();

export function slotOf({ metadata: { uid } }: Pod): number {
  if (!slots.has(uid)) slots.set(uid, slots.size);
  return slots.get(uid)!;
}

export interface Recorded {
  /** The rows of a file, each as the texts of these columns. */
  readonly rows: (name: CsvName, ...columns: readonly string[]) => readonly string[][];
  /** A metric of the summary. */
  readonly metric: (name: string) => number | undefined;
}

/** Samples come after what happens at the same instant; the last one is the end. */
export function recorded(told: readonly Told[], samples: readonly number[]): Recorded {
  const bus = observationBus();
  const texts = new Map<CsvName, string>();
  const open = (name: CsvName) =>
    new CsvTable(name, (more) => texts.set(name, `${texts.get(name) ?? ''}${more}`));
  const recorders = createRecorders(
    ['pods', 'nodes', 'scheduling', 'services', 'proxy', 'events'],
    open,
    bus,
  );
  let next = 0;
  for (const at of samples) {
    for (; next < told.length && told[next]!.at <= at; next++) told[next]!.tell(bus);
    for (const recorder of recorders) recorder.sample?.(second(at));
  }
  const end = second(samples.at(-1) ?? 0);
  for (const recorder of recorders) recorder.finish?.(end);
  const summary = recorders.flatMap((recorder) => recorder.summary?.(end) ?? []);
  return {
    rows: (name, ...columns) =>
      Papa.parse<Record<string, string>>((texts.get(name) ?? '').trimEnd(), { header: true }).data.map(
        (row) =>
          columns.map((column) => {
            const cell = row[column];
            if (cell === undefined) throw new RangeError(`${name}.csv has no column ${column}`);
            return cell;
          }),
      ),
    metric: (name) => summary.find(({ metric }) => metric === name)?.value,
  };
}

interface PodState {
  readonly name?: string;
  readonly node?: string;
  readonly phase?: string;
  readonly reason?: string;
  readonly ready?: boolean;
  /** Message of a condition PodScheduled that is false. */
  readonly unscheduled?: string;
  readonly deleting?: boolean;
  readonly owner?: string;
  readonly cpu?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A pod as the API shows it. */
export function podOf({
  name = 'p',
  node,
  phase = 'Pending',
  owner,
  cpu = '1',
  ...more
}: PodState = {}): Pod {
  const controller = { apiVersion: 'apps/v1', kind: 'ReplicaSet', controller: true, uid: 'o' };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      resourceVersion: '1',
      creationTimestamp: '',
      annotations: more.annotations,
      ...(owner !== undefined && { ownerReferences: [{ ...controller, name: owner }] }),
      ...(more.deleting === true && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    },
    spec: {
      nodeName: node,
      containers: [{ name: 'c', image: 'i', resources: { requests: { cpu, memory: '1Gi' } } }],
    },
    status: {
      phase,
      reason: more.reason,
      conditions: [
        { type: 'Ready', status: more.ready === true ? 'True' : 'False' },
        ...(more.unscheduled === undefined
          ? []
          : [{ type: 'PodScheduled', status: 'False', message: more.unscheduled }]),
      ],
    },
  };
  return pod as unknown as Pod;
}

export function nodeOf(name: string, ready: boolean, zone = 'z'): Node {
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: name,
      resourceVersion: '1',
      creationTimestamp: '',
      labels: { 'topology.kubernetes.io/zone': zone },
    },
    spec: {},
    status: {
      allocatable: { cpu: '4', memory: '8Gi' },
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }],
    },
  };
  return node as unknown as Node;
}

/** Pods and nodes as they come, change and go: each entry is a state, `undefined` for gone. */
export const podHistory = (...states: readonly (readonly [at: number, state: PodState | undefined])[]) =>
  changes(states, (at, state, before, deleted) =>
    podSeen(at, 'pod-changed', { pod: podOf(state), previous: before && podOf(before), deleted }),
  );

function changes<S>(
  states: readonly (readonly [at: number, state: S | undefined])[],
  told: (at: number, state: S, before: S | undefined, deleted: boolean) => Told,
): Told[] {
  let before: S | undefined;
  return states.flatMap(([at, state]) => {
    const last = state ?? before;
    if (last === undefined) return [];
    const one = told(at, last, before, state === undefined);
    before = state;
    return [one];
  });
}

/** In the order of time; of one instant, as given. */
export const together = (...parts: readonly (readonly Told[])[]): readonly Told[] =>
  parts.flat().sort((a, b) => a.at - b.at);
