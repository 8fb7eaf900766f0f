/**
 * Plays the fake kubelet of the recordings: what a pod does is said by its `sim/*` annotations (README, "Who plays the kubelet"),
 * and pods under `sim/hold` change when a step says so.
 */
import type { Condition, Pod } from '../../../sim/api/index.ts';
import { keyOf } from '../../../sim/api/index.ts';
import type { ApiServer } from '../../../sim/apiserver/index.ts';
import type { SharedInformerFactory } from '../../../sim/client/index.ts';
import {
  type Component,
  milliseconds,
  Phase,
  type Port,
  type SimEvent,
  type Simulation,
} from '../../../sim/engine/index.ts';
import type { Agents } from './agents.ts';

interface KwokEvent extends SimEvent {
  readonly kind: 'start' | 'ready' | 'finish' | 'remove';
  readonly uid: string;
}

/** What a podStatus step or an annotation says. */
export interface StatusInput {
  readonly set: 'Ready' | 'Running' | 'Succeeded' | 'Failed';
  readonly exitCode?: number | undefined;
  readonly since?: string | undefined;
  readonly reason?: string | undefined;
  readonly restarts?: number | undefined;
  readonly conditions?: readonly Condition[] | undefined;
}

/** How long KWOK, and the recorder as a kubelet, take to act on a change. */
const REACTION_MS = 5;
const RECORDER_MS = 500;

export class Kwok implements Component<KwokEvent> {
  readonly name = 'kwok';
  readonly #apiserver: ApiServer;
  readonly #simulation: Simulation;
  readonly #port: Port<KwokEvent>;
  readonly #agents: Agents;
  readonly #scheduled = new Set<string>();
  #addresses = 0;

  constructor(
    simulation: Simulation,
    apiserver: ApiServer,
    informers: SharedInformerFactory,
    agents: Agents,
  ) {
    this.#agents = agents;
    this.#simulation = simulation;
    this.#apiserver = apiserver;
    this.#port = simulation.port<KwokEvent>(this, Phase.world);
    informers
      .informer('pods')
      .addHandler({ onAdd: (pod) => this.#seen(pod), onUpdate: (pod) => this.#seen(pod) });
  }

  #seen(pod: Pod): void {
    const annotations = pod.metadata.annotations ?? {};
    const { nodeName = '' } = pod.spec;
    if (nodeName === '' || this.#agents.of(nodeName) === undefined || this.#agents.isStopped(nodeName))
      return;
    if (pod.metadata.deletionTimestamp !== undefined) {
      if (annotations['sim/term-hold'] === undefined)
        this.#once('remove', pod, delayOf(annotations['sim/term-delay']));
    } else if (annotations['sim/hold'] === undefined && !isReady(pod)) {
      const kind = annotations['sim/not-ready'] === undefined ? 'ready' : 'start';
      this.#once(kind, pod, delayOf(annotations['sim/ready-delay']));
    }
  }

  /** The kubelet is back: it looks at all its pods. */
  restart(node: string): void {
    for (const pod of this.#apiserver.list('pods')) {
      if (pod.spec.nodeName !== node) continue;
      this.#scheduled.delete(`ready ${pod.metadata.uid}`);
      this.#seen(pod);
    }
  }

  #once(kind: KwokEvent['kind'], pod: Pod, delayMs: number): void {
    const id = `${kind} ${pod.metadata.uid}`;
    if (this.#scheduled.has(id)) return;
    this.#scheduled.add(id);
    const reaction = this.#agents.of(pod.spec.nodeName ?? '')?.recorder === true ? RECORDER_MS : REACTION_MS;
    this.#port.after(milliseconds(delayMs + reaction), { kind, key: keyOf(pod), uid: pod.metadata.uid });
  }

  handle(event: KwokEvent): void {
    const [namespace = '', name = ''] = event.key.split('/');
    const pod = this.#apiserver.get('pods', namespace, name);
    if (
      pod === undefined ||
      pod.metadata.uid !== event.uid ||
      this.#agents.isStopped(pod.spec.nodeName ?? '')
    )
      return;
    if (event.kind === 'remove') this.#remove(namespace, name);
    else if (pod.metadata.deletionTimestamp === undefined) this.#progress(event, pod);
  }

  #remove(namespace: string, name: string): void {
    this.#apiserver.execute({
      verb: 'delete',
      resource: 'pods',
      namespace,
      name,
      options: { gracePeriodSeconds: 0 },
    });
  }

  #progress(event: KwokEvent, pod: Pod): void {
    const annotations = pod.metadata.annotations ?? {};
    const since = annotations['sim/since'];
    if (event.kind === 'finish') {
      const exitCode = Number(annotations['sim/exit'] ?? '0');
      this.setStatus(pod, { set: exitCode === 0 ? 'Succeeded' : 'Failed', exitCode });
      return;
    }
    this.setStatus(pod, { set: event.kind === 'ready' ? 'Ready' : 'Running', since });
    const run = annotations['sim/run'];
    if (run !== undefined) this.#once('finish', pod, delayOf(run));
  }

  /** What a kubelet would report now. */
  setStatus(pod: Pod, input: StatusInput): void {
    const now = this.#apiserver.clock.timestamp(this.#simulation.now);
    const at = input.since ?? now;
    const done = input.set === 'Succeeded' || input.set === 'Failed';
    const status: Pod['status'] = {
      ...pod.status,
      phase: done ? input.set : 'Running',
      startTime: pod.status?.startTime ?? at,
      podIP: pod.status?.podIP ?? this.#address(),
      conditions: conditionsFor(pod, input, at),
      containerStatuses: pod.spec.containers.map(({ name, image = '' }) => {
        const base = {
          name,
          image,
          imageID: '',
          restartCount: input.restarts ?? 0,
          ready: input.set === 'Ready',
          started: !done,
        };
        const exitCode = input.exitCode ?? (input.set === 'Failed' ? 1 : 0);
        return done
          ? {
              ...base,
              state: {
                terminated: {
                  exitCode,
                  reason: exitCode === 0 ? 'Completed' : 'Error',
                  startedAt: at,
                  finishedAt: now,
                },
              },
            }
          : { ...base, state: { running: { startedAt: at } } };
      }),
      ...(input.reason === undefined ? {} : { reason: input.reason }),
    };
    const { resourceVersion: _, ...metadata } = pod.metadata;
    const result = this.#apiserver.execute({
      verb: 'update',
      resource: 'pods',
      object: { ...pod, metadata, status },
      subresource: 'status',
    });
    if (!result.ok) throw new Error(`pod status refused: ${result.error.message}`);
  }

  #address(): string {
    const n = ++this.#addresses;
    return `10.8.${n >> 8}.${n & 255}`;
  }
}

const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true;

function conditionsFor(pod: Pod, input: StatusInput, at: string): readonly Condition[] {
  const done = input.set === 'Succeeded' || input.set === 'Failed';
  const reason = done ? (input.set === 'Failed' ? 'PodFailed' : 'PodCompleted') : undefined;
  const ready = input.set === 'Ready' ? 'True' : 'False';
  const fresh: Condition[] = [
    { type: 'PodReadyToStartContainers', status: 'True', lastTransitionTime: at },
    { type: 'Initialized', status: 'True', lastTransitionTime: at },
    { type: 'ContainersReady', status: ready, lastTransitionTime: at, reason },
    { type: 'Ready', status: ready, lastTransitionTime: at, reason },
    ...(input.conditions ?? []),
  ];
  const kept = (pod.status?.conditions ?? []).filter((c) => !fresh.some((f) => f.type === c.type));
  const before = pod.status?.conditions ?? [];
  return [...kept, ...fresh.map((f) => before.find((b) => b.type === f.type && b.status === f.status) ?? f)];
}

/** Milliseconds of `300ms`, `2s`, `1m`. */
function delayOf(text: string | undefined): number {
  const match = /^([0-9.]+)(ms|s|m)?$/.exec(text ?? '0');
  return match === null ? 0 : Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[match[2] ?? 's']!;
}
