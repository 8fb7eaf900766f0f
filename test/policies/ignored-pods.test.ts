/** A plugin that ignores a pod is not asked about it: it must have had nothing to say. */
import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '../../sim/api/index.ts';
import { checkIgnores } from '../../sim/scheduler/policy-test/shortcut-check.ts';
import { loadCluster } from '../support/scheduler/golden-cluster.ts';

const IGNORABLE = [
  'DynamicResources',
  'NodeAffinity',
  'NodeDeclaredFeatures',
  'NodePorts',
  'NodeVolumeLimits',
  'VolumeBinding',
  'VolumeRestrictions',
  'VolumeZone',
];
const VOLUME_PLUGINS = ['NodeVolumeLimits', 'VolumeBinding', 'VolumeRestrictions', 'VolumeZone'];

const container = { name: 'c', image: 'web' };
const podOf = (spec: object): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'p',
    namespace: 'default',
    uid: 'p',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  spec: { containers: [container], ...spec },
});
const node: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n', uid: 'n', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: {},
  status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } },
};
const mounting = (source: object): object => ({ volumes: [{ name: 'v', ...source }] });
const preferred = [{ weight: 1, preference: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } }];
const addedAffinity = { preferredDuringSchedulingIgnoredDuringExecution: preferred };

/** What the pod has, the plugins that are asked about it, and the arguments of the profile. */
const CASES: readonly (readonly [string, object, readonly string[], Readonly<Record<string, unknown>>])[] = [
  ['nothing special', {}, [], {}],
  ['volumes that every node has', mounting({ projected: { sources: [] } }), [], {}],
  ['a claim', mounting({ persistentVolumeClaim: { claimName: 'data' } }), VOLUME_PLUGINS, {}],
  ['a claim of its own', mounting({ ephemeral: { volumeClaimTemplate: { spec: {} } } }), VOLUME_PLUGINS, {}],
  ['a disk', mounting({ gcePersistentDisk: { pdName: 'disk' } }), VOLUME_PLUGINS, {}],
  ['a port of the host', { containers: [{ ...container, ports: [{ hostPort: 80 }] }] }, ['NodePorts'], {}],
  ['a node selector', { nodeSelector: { a: 'b' } }, ['NodeAffinity'], {}],
  ['node affinity', { affinity: { nodeAffinity: addedAffinity } }, ['NodeAffinity'], {}],
  ['node affinity of the profile', {}, ['NodeAffinity'], { NodeAffinity: { addedAffinity } }],
  ['resource claims', { resourceClaims: [{ name: 'gpu' }] }, ['DynamicResources'], {}],
];

describe('a pod that some plugins ignore', () => {
  it.each(CASES)('%s', (_what, spec, asked, pluginConfig) => {
    const { framework } = loadCluster({ nodes: [node] }, { name: 'x', pluginConfig });
    const pod = podOf(spec);
    const state = framework.newState(pod);
    const ignoring = [...framework.plugins.byName.values()].filter((plugin) => plugin.ignores?.(state.shape));
    expect(ignoring.map(({ name }) => name).sort()).toEqual(
      IGNORABLE.filter((name) => !asked.includes(name)),
    );
    for (const plugin of ignoring) expect(() => checkIgnores(framework, plugin, pod)).not.toThrow();
  });
});
