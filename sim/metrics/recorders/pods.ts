/** pods.csv: every lifecycle instant of every pod, and the start-up figures of the summary. */
import {
  type ObservationBus,
  type ObservationMap,
  type Pod,
  podResources,
  qosClass,
  readAnnotation,
} from '../../api/index.ts';
import { LogHistogram, type SimTime, toSeconds } from '../../engine/index.ts';
import type { Cell, CsvTable } from '../csv.ts';
import { type Recorder, row, type SummaryRow } from '../recorder.ts';

type Step = ObservationMap['pod-lifecycle']['step'];

class PodRecord {
  pod: Pod;
  readonly created: SimTime;
  readonly reached: Partial<Record<Step, SimTime>> = {};
  firstAttempt: SimTime | undefined;
  bound: SimTime | undefined;
  deleting: SimTime | undefined;
  deleted: SimTime | undefined;
  attempts = 0;
  restarts = 0;
  failure = '';

  constructor(pod: Pod, created: SimTime) {
    this.pod = pod;
    this.created = created;
  }
}

export class PodRecorder implements Recorder {
  readonly #table: CsvTable;
  readonly #live = new Map<string, PodRecord>();
  readonly #pendingTime = new LogHistogram();
  readonly #startupTime = new LogHistogram();
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
    const record = this.#recordOf(pod, time);
    record.pod = pod;
    if (record.bound === undefined && pod.spec.nodeName) this.#markBound(record, time);
    if (record.deleting === undefined && pod.metadata.deletionTimestamp !== undefined) record.deleting = time;
    if (previous !== undefined && pod.status?.phase === 'Failed' && previous.status?.phase !== 'Failed')
      this.#failed++;
    if (deleted) {
      record.deleted = time;
      this.#live.delete(pod.metadata.uid ?? '');
      this.#write(record);
    }
  }

  #markBound(record: PodRecord, time: SimTime): void {
    record.bound = time;
    this.#bound++;
    this.#pendingTime.add(time - record.created);
  }

  #recordOf(pod: Pod, time: SimTime): PodRecord {
    const uid = pod.metadata.uid ?? '';
    let record = this.#live.get(uid);
    if (record === undefined) {
      record = new PodRecord(pod, time);
      this.#live.set(uid, record);
      this.#created++;
    }
    return record;
  }

  #attempted({ time, pod, message }: ObservationMap['scheduling-attempt']): void {
    const record = this.#live.get(pod.metadata.uid ?? '');
    if (record === undefined) return;
    record.attempts++;
    record.firstAttempt ??= time;
    record.failure = message;
  }

  #stepped({ time, pod, step }: ObservationMap['pod-lifecycle']): void {
    const record = this.#live.get(pod.metadata.uid ?? '');
    if (record === undefined || record.reached[step] !== undefined) return;
    record.reached[step] = time;
    if (step === 'started') this.#startupTime.add(time - record.created);
    if (step === 'finished') this.#finished++;
  }

  #restarted({ pod }: ObservationMap['container-restarted']): void {
    this.#restarts++;
    const record = this.#live.get(pod.metadata.uid ?? '');
    if (record !== undefined) record.restarts++;
  }

  #write(record: PodRecord): void {
    const { pod, reached } = record;
    const requests = podResources(pod.spec);
    const owner = pod.metadata.ownerReferences?.find((reference) => reference.controller);
    this.#table.add([
      pod.metadata.namespace ?? '',
      pod.metadata.name ?? '',
      owner === undefined ? '' : `${owner.kind}/${owner.name}`,
      readAnnotation(pod, 'tenant') ?? pod.metadata.namespace ?? '',
      pod.spec.priority ?? 0,
      pod.status?.qosClass ?? qosClass(pod.spec),
      requests.cpuMilli,
      requests.memoryBytes,
      toSeconds(record.created),
      at(record.firstAttempt),
      at(record.bound),
      at(reached.admitted ?? reached.rejected),
      at(reached['sandbox-ready']),
      at(reached['images-pulled']),
      at(reached.initialized),
      at(reached.started),
      at(reached.ready),
      at(reached.finished),
      at(record.deleting),
      at(record.deleted),
      pod.spec.nodeName ?? '',
      record.attempts,
      record.restarts,
      pod.status?.phase ?? 'Pending',
      pod.status?.reason ?? record.failure,
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

const at = (time: SimTime | undefined): Cell => (time === undefined ? '' : toSeconds(time));
const scaled = (histogram: LogHistogram, us: number): number | undefined =>
  histogram.count === 0 ? undefined : us / 1e6;
