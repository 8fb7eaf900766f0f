/** pods.csv: every lifecycle instant of every pod, and the start-up figures of the summary. */
import {
  controllerOf,
  type ObservationBus,
  type ObservationMap,
  type Pod,
  podResources,
  qosClass,
  readAnnotation,
} from '../../api/index.ts';
import { LogHistogram, type SimTime } from '../../engine/index.ts';
import type { Cell, CsvTable } from '../csv.ts';
import { InstantTable } from '../instant-table.ts';
import { type Recorder, row, type SummaryRow } from '../recorder.ts';

type Step = ObservationMap['pod-lifecycle']['step'];

class PodRecord {
  pod: Pod;
  readonly uid: string;
  /** Its row of instants. */
  readonly row: number;
  attempts = 0;
  restarts = 0;
  failure = '';

  constructor(pod: Pod, row: number) {
    this.pod = pod;
    this.uid = pod.metadata.uid;
    this.row = row;
  }
}

/** Columns of the instants of a pod. */
const Instant = {
  created: 0,
  firstAttempt: 1,
  bound: 2,
  admitted: 3,
  rejected: 4,
  sandboxReady: 5,
  imagesPulled: 6,
  initialized: 7,
  started: 8,
  ready: 9,
  finished: 10,
  deleting: 11,
  deleted: 12,
} as const;

const INSTANT_OF: Readonly<Record<Step, number | undefined>> = {
  admitted: Instant.admitted,
  rejected: Instant.rejected,
  'sandbox-ready': Instant.sandboxReady,
  'images-pulled': Instant.imagesPulled,
  initialized: Instant.initialized,
  started: Instant.started,
  ready: Instant.ready,
  finished: Instant.finished,
  removed: undefined,
};

export class PodRecorder implements Recorder {
  readonly #table: CsvTable;
  readonly #live = new Map<string, PodRecord>();
  readonly #instants = new InstantTable(Object.keys(Instant).length);
  readonly #pendingTime = new LogHistogram();
  readonly #startupTime = new LogHistogram();
  /** Of the pod seen last: several things often happen to one at a time. */
  #last: PodRecord | undefined;
  #created = 0;
  #bound = 0;
  #finished = 0;
  #failed = 0;
  #restarts = 0;

  constructor(table: CsvTable, bus: ObservationBus) {
    this.#table = table;
    bus.on('pod-changed', (seen) => this.#changed(seen));
    bus.on('scheduling-attempt', (seen) => this.#attempted(seen));
    bus.on('pod-lifecycle', (seen) => this.#stepped(seen));
    bus.on('container-restarted', (seen) => this.#restarted(seen));
  }

  #changed({ time, pod, previous, deleted }: ObservationMap['pod-changed']): void {
    const record = this.#recordOf(pod) ?? this.#create(pod, time);
    record.pod = pod;
    if (pod.spec.nodeName && this.#reach(record, Instant.bound, time)) this.#countBound(record, time);
    if (pod.metadata.deletionTimestamp !== undefined) this.#reach(record, Instant.deleting, time);
    if (pod.status?.phase === 'Failed' && previous !== undefined && previous.status?.phase !== 'Failed')
      this.#failed++;
    if (deleted) this.#delete(record, time);
  }

  #create(pod: Pod, time: SimTime): PodRecord {
    const record = new PodRecord(pod, this.#instants.take());
    this.#reach(record, Instant.created, time);
    this.#live.set(record.uid, record);
    this.#last = record;
    this.#created++;
    return record;
  }

  #delete(record: PodRecord, time: SimTime): void {
    this.#reach(record, Instant.deleted, time);
    this.#write(record);
    this.#live.delete(record.uid);
    this.#last = undefined;
    this.#instants.release(record.row);
  }

  #countBound(record: PodRecord, time: SimTime): void {
    this.#bound++;
    this.#pendingTime.add(time - this.#instants.at(record.row, Instant.created));
  }

  #recordOf({ metadata: { uid } }: Pod): PodRecord | undefined {
    if (this.#last?.uid === uid) return this.#last;
    const record = this.#live.get(uid);
    if (record !== undefined) this.#last = record;
    return record;
  }

  /** False if it has been there before. */
  #reach({ row }: PodRecord, instant: number, time: SimTime): boolean {
    return this.#instants.setOnce(row, instant, time);
  }

  #attempted({ time, pod, message }: ObservationMap['scheduling-attempt']): void {
    const record = this.#recordOf(pod);
    if (record === undefined) return;
    record.attempts++;
    this.#reach(record, Instant.firstAttempt, time);
    record.failure = message;
  }

  #stepped({ time, pod, step }: ObservationMap['pod-lifecycle']): void {
    const instant = INSTANT_OF[step];
    if (instant === undefined) return;
    const record = this.#recordOf(pod);
    if (record === undefined || !this.#reach(record, instant, time)) return;
    if (step === 'started') this.#startupTime.add(time - this.#instants.at(record.row, Instant.created));
    else if (step === 'finished') this.#finished++;
  }

  #restarted({ pod }: ObservationMap['container-restarted']): void {
    this.#restarts++;
    const record = this.#recordOf(pod);
    if (record !== undefined) record.restarts++;
  }

  #write(record: PodRecord): void {
    const { pod, row: place } = record;
    const { metadata, spec, status } = pod;
    const instants = this.#instants;
    const requests = podResources(spec);
    const owner = controllerOf(pod);
    const seconds = (instant: number): Cell => secondsCell(instants.at(place, instant));
    this.#table.add([
      metadata.namespace ?? '',
      metadata.name,
      owner === undefined ? '' : `${owner.kind}/${owner.name}`,
      readAnnotation(pod, 'tenant') ?? metadata.namespace ?? '',
      spec.priority ?? 0,
      status?.qosClass ?? qosClass(spec),
      requests.cpuMilli,
      requests.memoryBytes,
      seconds(Instant.created),
      seconds(Instant.firstAttempt),
      seconds(Instant.bound),
      seconds(Number.isNaN(instants.at(place, Instant.admitted)) ? Instant.rejected : Instant.admitted),
      seconds(Instant.sandboxReady),
      seconds(Instant.imagesPulled),
      seconds(Instant.initialized),
      seconds(Instant.started),
      seconds(Instant.ready),
      seconds(Instant.finished),
      seconds(Instant.deleting),
      seconds(Instant.deleted),
      spec.nodeName ?? '',
      record.attempts,
      record.restarts,
      status?.phase ?? 'Pending',
      status?.reason ?? record.failure,
    ]);
  }

  finish(): void {
    for (const record of this.#live.values()) this.#write(record);
    this.#live.clear();
    this.#table.flush();
  }

  summary(): readonly SummaryRow[] {
    const pending = this.#pendingTime;
    const startup = this.#startupTime;
    return [
      row('pods_created', this.#created, 'count', 'pods stored by the API server'),
      row('pods_bound', this.#bound, 'count', 'pods given a node'),
      row('pods_finished', this.#finished, 'count', 'pods that reached a terminal phase on their node'),
      row('pods_failed', this.#failed, 'count', 'pods that became Failed'),
      row('container_restarts', this.#restarts, 'count', 'container restarts'),
      row('pending_time_mean_s', scaled(pending, pending.mean), 's', 'creation to binding, mean'),
      row('pending_time_p50_s', scaled(pending, pending.quantile(0.5)), 's', 'creation to binding, median'),
      row(
        'pending_time_p99_s',
        scaled(pending, pending.quantile(0.99)),
        's',
        'creation to binding, 99th percentile',
      ),
      row(
        'startup_time_mean_s',
        scaled(startup, startup.mean),
        's',
        'creation to all containers started, mean',
      ),
      row('startup_time_p50_s', scaled(startup, startup.quantile(0.5)), 's', 'creation to started, median'),
      row(
        'startup_time_p99_s',
        scaled(startup, startup.quantile(0.99)),
        's',
        'creation to started, 99th percentile',
      ),
    ];
  }
}

const scaled = (histogram: LogHistogram, us: number): number | undefined =>
  histogram.count === 0 ? undefined : us / 1e6;
/** Empty if it was never reached. */
const secondsCell = (us: number): Cell => (Number.isNaN(us) ? '' : us / 1e6);
