/** pods.csv: every lifecycle instant of every pod, and the start-up figures of the summary. */
import { controllerOf, type PodStatus, podResources, qosClass, readAnnotation } from '../../api/index.ts';
import { LogHistogram, type SimTime } from '../../engine/index.ts';
import type { Cell, CsvTable } from '../csv.ts';
import { Instant, type PodFollower, type PodLedger } from '../pod-ledger.ts';
import { type Recorder, row, type SummaryRow } from '../recorder.ts';

export class PodRecorder implements Recorder, PodFollower {
  readonly #table: CsvTable;
  readonly #ledger: PodLedger;
  readonly #pendingTime = new LogHistogram();
  readonly #startupTime = new LogHistogram();
  #finished = 0;

  constructor(table: CsvTable, ledger: PodLedger) {
    this.#table = table;
    this.#ledger = ledger;
    ledger.follow(this);
  }

  bound(slot: number, time: SimTime): void {
    this.#pendingTime.add(time - this.#ledger.instants.at(slot, Instant.created));
  }

  started(slot: number, time: SimTime): void {
    this.#startupTime.add(time - this.#ledger.instants.at(slot, Instant.created));
  }

  finished(): void {
    this.#finished++;
  }

  deleted(slot: number): void {
    this.#write(slot);
  }

  #write(slot: number): void {
    const ledger = this.#ledger;
    const { instants } = ledger;
    const pod = ledger.pod(slot);
    const { metadata, spec, status } = pod;
    const requests = podResources(spec);
    const owner = controllerOf(pod);
    const seconds = (instant: number): Cell => secondsCell(instants.at(slot, instant));
    this.#table.add([
      metadata.namespace ?? '',
      metadata.name,
      owner === undefined ? undefined : `${owner.kind}/${owner.name}`,
      readAnnotation(pod, 'tenant') ?? metadata.namespace ?? '',
      spec.priority ?? 0,
      status?.qosClass ?? qosClass(spec),
      requests.cpuMilli,
      requests.memoryBytes,
      seconds(Instant.created),
      seconds(Instant.firstAttempt),
      seconds(Instant.bound),
      seconds(Number.isNaN(instants.at(slot, Instant.admitted)) ? Instant.rejected : Instant.admitted),
      seconds(Instant.sandboxReady),
      seconds(Instant.imagesPulled),
      seconds(Instant.initialized),
      seconds(Instant.started),
      seconds(Instant.ready),
      seconds(Instant.finished),
      seconds(Instant.deleting),
      seconds(Instant.deleted),
      spec.nodeName ?? '',
      ledger.attempts[slot]!,
      ledger.restarts[slot]!,
      status?.phase ?? 'Pending',
      status?.reason ?? (spec.nodeName ? '' : whyPending(status)),
    ]);
  }

  finish(): void {
    for (const slot of this.#ledger.live()) this.#write(slot);
    this.#table.flush();
  }

  summary(): readonly SummaryRow[] {
    const pending = this.#pendingTime;
    const startup = this.#startupTime;
    return [
      row('pods_created', this.#ledger.totalCreated, 'count', 'pods stored by the API server'),
      row('pods_bound', pending.count, 'count', 'pods given a node; one that replaces another counts too'),
      row(
        'pods_finished',
        this.#finished,
        'count',
        'pods that reached a terminal phase on their node, well or badly',
      ),
      row(
        'pods_succeeded',
        this.#ledger.totalSucceeded,
        'count',
        'pods that became Succeeded without having been told to stop',
      ),
      row('pods_failed', this.#ledger.totalFailed, 'count', 'pods that became Failed'),
      row('container_restarts', this.#ledger.totalRestarts, 'count', 'container restarts'),
      row(
        'pending_time_mean_s',
        scaled(pending, pending.mean),
        's',
        'creation to binding, mean over the pods bound',
      ),
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

/** What the API says of the last failure to schedule the pod, or of the gates that keep it from being tried; empty if nothing. */
const whyPending = (status: PodStatus | undefined): string =>
  status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? '';

const scaled = (histogram: LogHistogram, us: number): number | undefined =>
  histogram.count === 0 ? undefined : us / 1e6;
/** Empty if it was never reached. */
const secondsCell = (us: number): Cell => (Number.isNaN(us) ? undefined : us / 1e6);
