/** A made-up cluster for testing policies: nodes of several kinds and pods that ask for all sorts of things, drawn by seed. */
import { HOSTNAME_LABEL, type Node, type Pod, RACK_LABEL, ZONE_LABEL } from '../../api/index.ts';
import type { RandomStreams } from '../../engine/index.ts';

const TIME = '2026-01-01T00:00:00Z';
const CPUS = [2, 4, 8, 16, 32];
const GPU_MODELS = ['T4', 'V100', 'A100'];

/** Draws of one object, each by what it is for. */
class Draws {
  readonly #random: RandomStreams;
  readonly #object: string;

  constructor(random: RandomStreams, object: string) {
    this.#random = random;
    this.#object = object;
  }

  chance(purpose: string, probability: number): boolean {
    return this.#random.draw(purpose, this.#object) < probability;
  }

  oneOf<T>(purpose: string, values: readonly T[]): T {
    return values[Math.floor(this.#random.draw(purpose, this.#object) * values.length)]!;
  }
}

export function testNode(random: RandomStreams, i: number): Node {
  const name = `node-${String(i).padStart(2, '0')}`;
  const draws = new Draws(random, name);
  const cpu = draws.oneOf('cpu', CPUS);
  const gpus = draws.chance('gpu', 0.4) ? draws.oneOf('gpus', [1, 2, 4, 8]) : 0;
  const labels = {
    [HOSTNAME_LABEL]: name,
    [ZONE_LABEL]: `zone-${i % 3}`,
    [RACK_LABEL]: `zone-${i % 3}-${i % 2}`,
    ...(gpus > 0 && { 'nvidia.com/gpu.product': draws.oneOf('model', GPU_MODELS) }),
  };
  const taint = { key: 'dedicated', value: 'batch', effect: draws.oneOf('effect', TAINT_EFFECTS) };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels, uid: name, resourceVersion: '1', creationTimestamp: TIME },
    spec: {
      taints: draws.chance('taint', 0.2) ? [taint] : [],
      unschedulable: draws.chance('cordoned', 0.1),
    },
    status: {
      allocatable: {
        cpu: String(cpu),
        memory: `${cpu * 4}Gi`,
        pods: '110',
        ...(gpus > 0 && { 'nvidia.com/gpu': String(gpus) }),
      },
    },
  };
}

const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule'] as const;

export function testPod(random: RandomStreams, i: number): Pod {
  const name = `pod-${String(i).padStart(3, '0')}`;
  const draws = new Draws(random, name);
  const app = `app-${draws.oneOf('app', [0, 1, 2, 3])}`;
  const gpus = draws.chance('gpu', 0.15) ? draws.oneOf('gpus', [1, 1, 2]) : 0;
  const devices = gpus > 0 ? { 'nvidia.com/gpu': String(gpus) } : {};
  const requests = draws.chance('unrequested', 0.1)
    ? devices
    : {
        cpu: draws.oneOf('cpu', ['100m', '500m', '1', '3']),
        memory: draws.oneOf('memory', MEMORIES),
        ...devices,
      };
  const limits = draws.chance('limited', 0.3) ? requests : devices;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: draws.oneOf('namespace', ['default', 'team-a', 'team-b']),
      labels: { app },
      annotations: testAnnotations(draws, gpus),
      uid: name,
      resourceVersion: '1',
      creationTimestamp: TIME,
      ...(draws.chance('owned', 0.6) && { ownerReferences: [ownerOf(app)] }),
    },
    spec: {
      priority: draws.oneOf('priority', [0, 0, 10, 1000]),
      containers: [{ name: 'c', image: `registry.local/${app}:1`, resources: { requests, limits } }],
      ...(draws.chance('tolerates', 0.3) && { tolerations: [{ key: 'dedicated', operator: 'Exists' }] }),
      ...(draws.chance('selects', 0.1) && { nodeSelector: { [ZONE_LABEL]: 'zone-1' } }),
    },
  };
}

const MEMORIES = ['64Mi', '512Mi', '2Gi', '8Gi'];

const ownerOf = (app: string) => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name: app,
  uid: `uid-${app}`,
  controller: true,
});

/** What KubeDES' own annotations can say, each now and then. */
function testAnnotations(draws: Draws, gpus: number): Readonly<Record<string, string>> {
  return {
    ...(draws.chance('deadline', 0.3) && { 'kubedes.io/deadline': draws.oneOf('due', ['30s', '5m', '1h']) }),
    ...(draws.chance('tenant', 0.5) && { 'kubedes.io/tenant': draws.oneOf('whose', ['red', 'blue']) }),
    ...(draws.chance('input', 0.3) && { 'kubedes.io/input': draws.oneOf('data', ['genome', 'reads|index']) }),
    ...(gpus === 0 &&
      draws.chance('share', 0.2) && { 'kubedes.io/gpu-milli': draws.oneOf('milli', ['250', '500', '800']) }),
  };
}
