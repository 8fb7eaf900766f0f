/** The objects of the floor: each state of a pod a plain object of the shape that the API server stores, replaced at each write. */
import type { Condition, ObjectMeta, Pod, PodStatus } from '../../sim/api/index.ts';
import { objectOfParts, podStatusOf, versioned } from '../../sim/apiserver/object-meta.ts';

/** As many as pod GC keeps (terminated-pod-gc-threshold). */
const FINISHED_KEPT = 12_500;
const NOW = '2026-01-01T00:00:00Z';

/** One object for all pods, as conditions that come true in the same second are shared. */
const CONDITIONS = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady'].map(condition);

function condition(type: string): Condition {
  return {
    type,
    observedGeneration: undefined,
    status: 'True',
    lastTransitionTime: NOW,
    reason: undefined,
    message: undefined,
  };
}

export class FloorPods {
  readonly #stored: (Pod | undefined)[] = [];
  readonly #finished: number[] = [];
  #revision = 0;

  create(pod: number, cpuMilli: number, memoryMib: number): void {
    const requests = { cpu: `${cpuMilli}m`, memory: `${memoryMib}Mi` };
    const metadata: ObjectMeta = {
      name: `pod-${pod}`,
      generateName: undefined,
      namespace: 'default',
      uid: `6c5c2863-5e95-42b1-9690-${String(pod).padStart(12, '0')}`,
      resourceVersion: this.#next(),
      generation: 1,
      creationTimestamp: NOW,
      deletionTimestamp: undefined,
      deletionGracePeriodSeconds: undefined,
      labels: undefined,
      annotations: undefined,
      ownerReferences: undefined,
      finalizers: undefined,
    };
    const spec = { containers: [{ name: 'main', image: 'pause', resources: { requests } }] };
    const status = podStatusOf({ phase: 'Pending', qosClass: 'Burstable' }, undefined);
    this.#stored[pod] = objectOfParts({ apiVersion: 'v1', kind: 'Pod' }, metadata, spec, status) as Pod;
  }

  bind(pod: number, node: number): void {
    const { spec, status } = this.#stored[pod]!;
    this.#put(pod, { ...spec, nodeName: `node-${node}` }, podStatusOf(status, [condition('PodScheduled')]));
  }

  /** The kubelet's report. */
  report(pod: number): void {
    const { metadata, spec, status } = this.#stored[pod]!;
    const scheduled = status?.conditions?.at(-1) ?? condition('PodScheduled');
    const next: PodStatus = {
      ...status,
      phase: 'Running',
      podIP: '10.128.0.1',
      podIPs: [{ ip: '10.128.0.1' }],
      startTime: NOW,
      containerStatuses: [
        {
          name: 'main',
          state: { running: { startedAt: NOW } },
          lastState: {},
          ready: true,
          restartCount: 0,
          image: 'pause',
          imageID: 'pause',
          containerID: `containerd://${metadata.uid}`,
          started: true,
        },
      ],
    };
    this.#put(pod, spec, podStatusOf(next, [...CONDITIONS, scheduled]));
  }

  remove(pod: number): void {
    if (this.#finished.push(pod) <= FINISHED_KEPT) return;
    this.#stored[this.#finished[this.#finished.length - FINISHED_KEPT - 1]!] = undefined;
  }

  #put(pod: number, spec: Pod['spec'], status: PodStatus): void {
    const stored = this.#stored[pod]!;
    const metadata = versioned(stored.metadata, this.#next());
    this.#stored[pod] = objectOfParts(stored, metadata, spec, status) as Pod;
  }

  #next(): string {
    return String(++this.#revision);
  }
}
