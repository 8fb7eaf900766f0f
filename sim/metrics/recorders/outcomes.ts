/**
 * What became of pods that somebody waits for: bounded slowdown of those that end (Feitelson & Rudolph, JSSPP 1998), missed
 * deadlines, how tenants fared, and how near pods were to their data. Rows appear only where there is something to say.
 */
import { type ObservationBus, type ObservationMap, type Pod, readAnnotation } from '../../api/index.ts';
import { LogHistogram, type SimTime } from '../../engine/index.ts';
import { type Recorder, row, type SummaryRow } from '../recorder.ts';

/** Runs shorter than this count as so long, s: else the shortest ones would make up the whole mean. */
const LEAST_RUN_S = 10;
/** Tenants beyond so many share the summary only in the index. */
const MOST_TENANTS = 8;
const NOT_YET = -1;

interface Watched {
  readonly tenant: Tenant;
  readonly created: SimTime;
  /** Instant, or NaN. */
  readonly deadline: number;
  started: number;
}

class Tenant {
  readonly name: string;
  bound = 0;
  pendingSeconds = 0;
  finished = 0;
  slowdown = 0;

  constructor(name: string) {
    this.name = name;
  }
}

export class OutcomeRecorder implements Recorder {
  /** Pods that have not finished, by UID. */
  readonly #live = new Map<string, Watched>();
  readonly #tenants = new Map<string, Tenant>();
  readonly #localities = new Map<string, number>();
  readonly #slowdown = new LogHistogram();
  #named = false;
  #deadlines = 0;
  #missed = 0;

  constructor(bus: ObservationBus) {
    bus.on('pod-changed', (seen) => this.#changed(seen));
    bus.on('pod-lifecycle', (seen) => this.#stepped(seen));
  }

  #changed({ time, pod, previous, deleted }: ObservationMap['pod-changed']): void {
    if (previous === undefined && !deleted) this.#create(time, pod);
    if (pod.spec.nodeName && !previous?.spec.nodeName) this.#bind(time, pod);
    if (deleted || pod.metadata.deletionTimestamp !== undefined) this.#gone(pod);
  }

  #create(time: SimTime, pod: Pod): void {
    const { uid, namespace = '' } = pod.metadata;
    const named = readAnnotation(pod, 'tenant');
    const after = readAnnotation(pod, 'deadline');
    this.#named ||= named !== undefined;
    if (after !== undefined) this.#deadlines++;
    const tenant = this.#tenantOf(named ?? namespace);
    this.#live.set(uid, { tenant, created: time, deadline: time + (after ?? Number.NaN), started: NOT_YET });
  }

  #tenantOf(name: string): Tenant {
    let tenant = this.#tenants.get(name);
    if (tenant === undefined) this.#tenants.set(name, (tenant = new Tenant(name)));
    return tenant;
  }

  #bind(time: SimTime, pod: Pod): void {
    const watched = this.#live.get(pod.metadata.uid);
    if (watched === undefined) return;
    watched.tenant.bound++;
    watched.tenant.pendingSeconds += (time - watched.created) / 1e6;
    const locality = readAnnotation(pod, 'inputLocality');
    if (locality !== undefined) this.#localities.set(locality, (this.#localities.get(locality) ?? 0) + 1);
  }

  #stepped({ time, pod, step }: ObservationMap['pod-lifecycle']): void {
    if (step !== 'started' && step !== 'finished') return;
    const watched = this.#live.get(pod.metadata.uid);
    if (watched === undefined) return;
    if (step === 'finished') this.#finish(time, pod, watched);
    else if (watched.started === NOT_YET) watched.started = time;
  }

  #finish(time: SimTime, pod: Pod, { tenant, created, deadline, started }: Watched): void {
    this.#live.delete(pod.metadata.uid);
    if (time > deadline) this.#missed++;
    if (started === NOT_YET) return;
    const run = Math.max(LEAST_RUN_S * 1e6, time - started);
    const slowdown = Math.max(1, (time - created) / run);
    this.#slowdown.add(slowdown);
    tenant.finished++;
    tenant.slowdown += slowdown;
  }

  /** Deletion was requested before its end. */
  #gone(pod: Pod): void {
    const watched = this.#live.get(pod.metadata.uid);
    if (watched !== undefined && !Number.isNaN(watched.deadline)) this.#missed++;
    this.#live.delete(pod.metadata.uid);
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
    const meaning = `time from creation to end over run time, at least ${LEAST_RUN_S} s, of pods that ended`;
    return [
      row('slowdown_mean', mean, 'factor', `${meaning}: mean`),
      row('slowdown_p99', this.#slowdown.quantile(0.99), 'factor', `${meaning}: 99th percentile`),
    ];
  }

  /** Of pods whose deadline is not over yet nothing is known: they do not count. */
  #deadlineRows(now: SimTime): SummaryRow[] {
    const live = [...this.#live.values()];
    const late = live.filter(({ deadline }) => deadline < now).length;
    const open = live.filter(({ deadline }) => deadline >= now).length;
    const known = this.#deadlines - open;
    if (known === 0) return [];
    const missed = (this.#missed + late) / known;
    return [row('deadline_missed_ratio', missed, 'ratio', 'pods not finished by kubedes.io/deadline')];
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
      .filter(({ finished }) => finished > 0)
      .map((tenant) => tenant.slowdown / tenant.finished);
    const rows = tenants
      .slice(0, tenants.length > MOST_TENANTS ? 0 : undefined)
      .map(({ name, bound, pendingSeconds }) =>
        row(
          `pending_time_mean_s{tenant=${name}}`,
          bound === 0 ? undefined : pendingSeconds / bound,
          's',
          `creation to binding, mean over the pods of ${name}`,
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
