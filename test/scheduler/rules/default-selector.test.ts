import { expect, it } from 'vitest';
import type { Pod, ReplicaSet, Service } from '../../../sim/api/index.ts';
import { DefaultSelectors, type Listers, listerOf, NO_OBJECTS } from '../../../sim/scheduler/index.ts';
import { queuedPod } from '../../support/scheduler/queue-harness.ts';

const web = { app: 'web', track: 'a' };
const api = { app: 'api' };

function podOf(labels: Record<string, string>, owner?: string, namespace = 'default'): Pod {
  const pod = queuedPod('p');
  const ownerReferences =
    owner === undefined
      ? undefined
      : [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner, controller: true }];
  return { ...pod, metadata: { ...pod.metadata, namespace, labels, ownerReferences } };
}

const metadata = (name: string) => ({ ...queuedPod(name).metadata, namespace: 'default' });

const service = (name: string, selector: Record<string, string>): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadata(name),
  spec: { selector },
});

const replicaSet = (name: string, track: string): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: metadata(name),
  spec: { replicas: 1, selector: { matchLabels: { track } }, template: { spec: { containers: [] } } },
});

it('remembers a selector for as long as services, owner and namespace are the same', () => {
  const states = [
    { services: [], replicaSets: [] },
    { services: [service('s', { app: 'web' })], replicaSets: [] },
    { services: [service('s', { app: 'web' })], replicaSets: [replicaSet('rs', 'a')] },
    { services: [service('s', { app: 'api' })], replicaSets: [replicaSet('rs', 'b')] },
    { services: [service('s', {}), service('t', { track: 'a' })], replicaSets: [] },
  ];
  const pods = [
    podOf(web),
    podOf(web, 'rs'),
    podOf(web, 'none'),
    podOf(web, 'rs', 'other'),
    podOf(api, 'rs'),
  ];
  let now: Listers = NO_OBJECTS;
  let resourceVersion = 0;
  const changing: Listers = {
    ...NO_OBJECTS,
    services: {
      get size() {
        return now.services.size;
      },
      get resourceVersion() {
        return resourceVersion;
      },
      get: (key) => now.services.get(key),
      values: () => now.services.values(),
      addIndex: () => undefined,
      byIndex: (name, value) => now.services.byIndex(name, value),
    },
    replicaSets: { get: (key) => now.replicaSets.get(key), values: () => now.replicaSets.values() },
  };
  const remembering = new DefaultSelectors(changing);
  const texts = new Set<string>();
  for (const { services, replicaSets } of states) {
    now = { ...NO_OBJECTS, services: listerOf(services), replicaSets: listerOf(replicaSets) };
    resourceVersion++;
    const fresh = new DefaultSelectors(now);
    for (const pod of [...pods, ...pods]) {
      const selector = remembering.of(pod);
      const { requirements } = fresh.of(pod);
      expect(selector.requirements).toEqual(requirements);
      expect(selector.nothing).toBe(false);
      expect(remembering.of(pod)).toBe(selector);
      texts.add(JSON.stringify(requirements));
    }
  }
  expect(texts.size).toBe(6);
});
