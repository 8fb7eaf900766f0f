/**
 * What became of pods that somebody waits for: bounded slowdown of those that end well (Feitelson & Rudolph, JSSPP 1998), missed
 * deadlines, how tenants fared, and how near pods were to their data. Rows appear only where there is something to say.
 */
import { readAnnotation } from '../../api/index.ts';
import { after, LogHistogram, type SimTime } from '../../engine/index.ts';
import { Instant, type PodFollower, type PodLedger } from '../pod-ledger.ts';
import { type Recorder, row, type SummaryRow } from '../recorder.ts';

/** Runs shorter than this count as so long, s: else the shortest ones would make up the whole mean. */
const LEAST_RUN_S = 10;
/** Tenants beyond so many share the summary only in the index. */
const MOST_TENANTS = 8;
class Tenant {
  readonly name: string;
  bound = 0;
  pendingSeconds = 0;
  succeeded = 0;
  slowdown = 0;

  constructor(name: string) {
    this.name = name;
  }
}

export class OutcomeRecorder implements Recorder, PodFollower {
  readonly #ledger: PodLedger;
  /** By slot, of pods that have not succeeded and may yet; without holes as those of the ledger. */
  readonly #tenantOf: (Tenant | undefined)[] = [];
  /** Deadlines of pods that have not succeeded and may yet, or are late, by slot. */
  readonly #due = new Map<number, SimTime>();
  readonly #tenants = new Map<string, Tenant>();
  readonly #localities = new Map<string, number>();
  readonly #slowdown = new LogHistogram();
  #named = false;
  #deadlines = 0;
  #missed = 0;

  constructor(ledger: PodLedger) {
    this.#ledger = ledger;
    ledger.follow(this);
  }

  created(slot: number, time: SimTime): void {
    const pod = this.#ledger.pod(slot);
    const named = readAnnotation(pod, 'tenant');
    this.#named ||= named !== undefined;
    this.#tenantOf[slot] = this.#tenant(named ?? pod.metadata.namespace ?? '');
    const deadline = readAnnotation(pod, 'deadline');
    if (deadline === undefined) return;
    this.#deadlines++;
    this.#due.set(slot, after(time, deadline));
  }

  #tenant(name: string): Tenant {
    let tenant = this.#tenants.get(name);
    if (tenant === undefined) this.#tenants.set(name, (tenant = new Tenant(name)));
    return tenant;
  }

  bound(slot: number, time: SimTime): void {
    const tenant = this.#tenantOf[slot];
    if (tenant === undefined) return;
    tenant.bound++;
    tenant.pendingSeconds += (time - this.#ledger.instants.at(slot, Instant.created)) / 1e6;
    const locality = readAnnotation(this.#ledger.pod(slot), 'inputLocality');
    if (locality !== undefined) this.#localities.set(locality, (this.#localities.get(locality) ?? 0) + 1);
  }

  /** One that failed did not get what it waited for: the sooner it fails, the better it would look. */
  succeeded(slot: number): void {
    const tenant = this.#tenantOf[slot];
    if (tenant === undefined) return;
    this.#tenantOf[slot] = undefined;
    const { instants } = this.#ledger;
    const finished = instants.at(slot, Instant.finished);
    if (this.#due.size > 0) this.#ended(slot, finished);
    const ran = finished - instants.at(slot, Instant.started);
    if (Number.isNaN(ran)) return;
    const waitedAndRan = finished - instants.at(slot, Instant.created);
    const slowdown = Math.max(1, waitedAndRan / Math.max(LEAST_RUN_S * 1e6, ran));
    this.#slowdown.add(slowdown);
    tenant.succeeded++;
    tenant.slowdown += slowdown;
  }

  /** A deadline is over with the pod: met if it ended well in time. */
  #ended(slot: number, time: number): void {
    const deadline = this.#due.get(slot);
    if (deadline === undefined) return;
    this.#due.delete(slot);
    if (time > deadline) this.#missed++;
  }

  /** Deletion was requested before its end. */
  deleting(slot: number): void {
    this.#tenantOf[slot] = undefined;
    this.#ended(slot, Number.POSITIVE_INFINITY);
  }

  deleted(slot: number): void {
    this.deleting(slot);
  }

  summary(now: SimTime): readonly SummaryRow[] {
    return [
      ...this.#slowdownRows(),
      ...this.#deadlineRows(now),
      ...this.#localityRows(),
      ...(this.#named && this.#tenants.size > 1 ? this.#tenantRows() : []),
    ];
  }

  #slowdownRows(): SummaryRow[] {
    const { count, mean } = this.#slowdown;
    if (count === 0) return [];
    const meaning = `time from creation to end over run time, at least ${LEAST_RUN_S} s, of pods that succeeded`;
    return [
      row('slowdown_mean', mean, 'factor', `${meaning}: mean`),
      row('slowdown_p99', this.#slowdown.quantile(0.99), 'factor', `${meaning}: 99th percentile`),
    ];
  }

  /** Of pods whose deadline is not over yet nothing is known: they do not count. */
  #deadlineRows(now: SimTime): SummaryRow[] {
    const late = [...this.#due.values()].filter((deadline) => deadline < now).length;
    const known = this.#deadlines - (this.#due.size - late);
    if (known === 0) return [];
    const missed = (this.#missed + late) / known;
    return [
      row(
        'deadline_missed_ratio',
        missed,
        'ratio',
        'pods that had not succeeded by kubedes.io/deadline, or were deleted before they did',
      ),
    ];
  }

  #localityRows(): SummaryRow[] {
    const all = [...this.#localities.values()].reduce((sum, count) => sum + count, 0);
    if (all === 0) return [];
    const share = (level: string): number => (this.#localities.get(level) ?? 0) / all;
    return [
      row(
        'input_node_local_ratio',
        share('node'),
        'ratio',
        'pods placed on a node with a replica of their input',
      ),
      row(
        'input_rack_local_ratio',
        share('rack'),
        'ratio',
        'pods placed in a rack with a replica, but on another node',
      ),
    ];
  }

  #tenantRows(): SummaryRow[] {
    const tenants = [...this.#tenants.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const means = tenants
      .filter(({ succeeded }) => succeeded > 0)
      .map((tenant) => tenant.slowdown / tenant.succeeded);
    const rows = tenants
      .slice(0, tenants.length > MOST_TENANTS ? 0 : undefined)
      .map(({ name, bound, pendingSeconds }) =>
        row(
          `pending_time_mean_s{tenant=${name}}`,
          bound === 0 ? undefined : pendingSeconds / bound,
          's',
          `creation to binding, mean over the pods of ${name} that were bound`,
        ),
      );
    const jain = row(
      'tenants_jain_index',
      jainIndex(means),
      'ratio',
      "Jain's index of the tenants' mean slowdowns; 1: all alike",
    );
    return [...rows, jain];
  }
}

/** (Σx)² / (n Σx²), Jain, Chiu & Hawe 1984; undefined without values. */
function jainIndex(values: readonly number[]): number | undefined {
  const sum = values.reduce((total, value) => total + value, 0);
  const squares = values.reduce((total, value) => total + value * value, 0);
  return squares === 0 ? undefined : (sum * sum) / (values.length * squares);
}
