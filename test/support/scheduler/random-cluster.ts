/** Random nodes, pods and what happens to them, small enough that everything interferes with everything. */
import fc from 'fast-check';
import type { Node, Pod } from '../../../sim/api/index.ts';

export const ZONE = 'topology.kubernetes.io/zone';
export const HOSTNAME = 'kubernetes.io/hostname';
const TIME = '2026-01-01T00:00:00Z';
const MEBIBYTE = 1024 * 1024;

/** Present `share` times for every time it is absent. */
const optional = <T>(arbitrary: fc.Arbitrary<T>, share = 0.25): fc.Arbitrary<T | undefined> =>
  fc.oneof(
    { weight: Math.round(share * 100), arbitrary },
    { weight: 100, arbitrary: fc.constant(undefined) },
  );
const without = <T extends object>(object: T): T =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;

const taint = fc.record({
  key: fc.constantFrom('a', 'b'),
  value: fc.constantFrom('1', '2'),
  effect: fc.constantFrom('NoSchedule' as const, 'PreferNoSchedule' as const, 'NoExecute' as const),
});

const image = (name: string, sizeMib: number) => ({ names: [name], sizeBytes: sizeMib * MEBIBYTE });

export const nodeOf = (name: string): fc.Arbitrary<Node> =>
  fc
    .record({
      zone: optional(fc.constantFrom('z1', 'z2'), 5),
      disk: optional(fc.constantFrom('ssd', 'hdd'), 1),
      hostname: fc.boolean(),
      taints: optional(fc.array(taint, { maxLength: 2 })),
      unschedulable: fc.constantFrom(false, false, false, false, false, true),
      cpu: fc.constantFrom('2', '4', '8'),
      memory: fc.constantFrom('1Gi', '4Gi'),
      pods: fc.constantFrom('5', '20'),
      gpu: optional(fc.constantFrom('1', '2')),
      images: fc.subarray([image('web:latest', 300), image('db:1', 800), image('tiny:1', 5)]),
    })
    .map(({ zone, disk, hostname, taints, unschedulable, cpu, memory, pods, gpu, images }) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        uid: name,
        resourceVersion: '1',
        creationTimestamp: TIME,
        labels: without({ [HOSTNAME]: hostname ? name : undefined, [ZONE]: zone, disk }) as Record<
          string,
          string
        >,
      },
      spec: { taints: taints ?? [], unschedulable },
      status: {
        allocatable: without({ cpu, memory, pods, 'nvidia.com/gpu': gpu }) as Record<string, string>,
        images,
      },
    }));

const labelSelector = fc.constantFrom(
  { matchLabels: { app: 'x' } },
  { matchLabels: { app: 'y' } },
  { matchExpressions: [{ key: 'app', operator: 'In' as const, values: ['x', 'y'] }] },
  { matchExpressions: [{ key: 'app', operator: 'NotIn' as const, values: ['x'] }] },
  {},
);
const topologyKey = fc.constantFrom(ZONE, HOSTNAME);
const term = fc
  .record({
    labelSelector,
    topologyKey,
    namespaces: optional(fc.constant(['other'])),
    namespaceSelector: optional(fc.constantFrom({}, { matchLabels: { team: 'a' } })),
  })
  .map(without);
const weighted = fc.record({ weight: fc.constantFrom(1, 50), podAffinityTerm: term });
const podAffinity = fc.record({
  requiredDuringSchedulingIgnoredDuringExecution: fc.array(term, { maxLength: 2 }),
  preferredDuringSchedulingIgnoredDuringExecution: fc.array(weighted, { maxLength: 1 }),
});
const constraint = fc
  .record({
    topologyKey,
    maxSkew: fc.constantFrom(1, 2),
    whenUnsatisfiable: fc.constantFrom('DoNotSchedule' as const, 'ScheduleAnyway' as const),
    labelSelector: optional(labelSelector, 8),
    minDomains: optional(fc.constantFrom(2, 3)),
    nodeAffinityPolicy: optional(fc.constantFrom('Honor' as const, 'Ignore' as const)),
    nodeTaintsPolicy: optional(fc.constantFrom('Honor' as const, 'Ignore' as const)),
  })
  .map(without);
const toleration = fc.constantFrom(
  { operator: 'Exists' as const },
  { key: 'a', operator: 'Equal' as const, value: '1', effect: 'NoSchedule' as const },
  { key: 'b', operator: 'Exists' as const, effect: 'PreferNoSchedule' as const },
);
const nodeAffinity = fc.constantFrom(
  {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'Exists' as const }] }],
    },
  },
  {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 7,
        preference: { matchExpressions: [{ key: 'disk', operator: 'In' as const, values: ['ssd'] }] },
      },
    ],
  },
);

/** A spec that several pods may share, as pods of one template do. */
export const podSpec: fc.Arbitrary<Pod['spec']> = fc
  .record({
    priority: optional(fc.constantFrom(-5, 10)),
    cpu: optional(fc.constantFrom('100m', '500m', '1'), 5),
    memory: optional(fc.constantFrom('128Mi', '1Gi'), 5),
    gpu: optional(fc.constant('1')),
    hostPort: optional(fc.constantFrom(80, 81)),
    image: fc.constantFrom('web', 'db:1', 'tiny:1', 'unknown'),
    tolerations: optional(fc.array(toleration, { minLength: 1, maxLength: 2 })),
    nodeSelector: optional(fc.constant({ disk: 'ssd' })),
    nodeAffinity: optional(nodeAffinity),
    podAffinity: optional(podAffinity),
    podAntiAffinity: optional(podAffinity),
    topologySpreadConstraints: optional(
      fc.uniqueArray(constraint, { minLength: 1, maxLength: 2, selector: (one) => one.topologyKey }),
    ),
  })
  .map(({ priority, cpu, memory, gpu, hostPort, image, tolerations, nodeSelector, ...rest }) => {
    const { topologySpreadConstraints, ...affinity } = rest;
    const some = Object.values(affinity).some((part) => part !== undefined);
    return without({
      priority,
      containers: [
        {
          name: 'c',
          image,
          ports: hostPort === undefined ? [] : [{ containerPort: 1, hostPort }],
          resources: {
            requests: without({ cpu, memory, 'nvidia.com/gpu': gpu }) as Record<string, string>,
          },
        },
      ],
      tolerations,
      nodeSelector,
      affinity: some ? without(affinity) : undefined,
      topologySpreadConstraints,
    });
  });

export function podOf(
  name: string,
  namespace: string,
  app: string | undefined,
  spec: Pod['spec'],
  terminating = false,
): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: name,
      resourceVersion: '1',
      creationTimestamp: TIME,
      ...(app === undefined ? {} : { labels: { app } }),
      ...(terminating ? { deletionTimestamp: TIME } : {}),
    },
    spec,
  };
}
