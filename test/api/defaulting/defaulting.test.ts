import { describe, expect, test } from 'vitest';
import type { Pod, ResourceName } from '../../../sim/api/index.ts';
import {
  applyDefaults,
  decodeObject,
  defaultPodSpec,
  mergeMatchLabelKeys,
  podResources,
  prepareForCreate,
  pullPolicyOf,
  resourceOfKind,
} from '../../../sim/api/index.ts';
import { golden } from '../golden.ts';

type Json = Record<string, unknown>;
interface Status extends Json {
  lastPhaseTransitionTime?: unknown;
}
interface Case {
  readonly id: string;
  readonly input: { readonly apiVersion: string; readonly kind: string };
  readonly output: Json;
}

/** Recorded objects without what the request path and the admission plugins put there, and without empty values. */
function withoutAdmission(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.filter((v) => !String(v?.name).startsWith('kube-api-access-')).map(withoutAdmission);
  }
  if (typeof value !== 'object' || value === null) return value;
  const result: Json = {};
  for (const [key, each] of Object.entries(value)) {
    const clean = key === 'nodePort' ? null : withoutAdmission(each);
    const empty = typeof clean === 'object' && (clean === null || Object.keys(clean).length === 0);
    if (!empty) result[key] = clean;
  }
  return result;
}

const admissionFields: Partial<Record<ResourceName, readonly string[]>> = {
  pods: ['serviceAccountName', 'serviceAccount', 'tolerations', 'priority', 'preemptionPolicy'],
  services: ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'],
  nodes: ['taints'],
};

function comparable(resource: ResourceName, object: unknown): unknown {
  const json = withoutAdmission(JSON.parse(JSON.stringify(object).replaceAll(UID, '<uid>'))) as {
    metadata: Json;
    spec?: Json;
    status?: Status;
  };
  for (const key of ['namespace', 'generation', 'creationTimestamp', 'finalizers']) delete json.metadata[key];
  for (const key of admissionFields[resource] ?? []) delete json.spec?.[key];
  delete json.status?.lastPhaseTransitionTime;
  return withoutAdmission(json);
}

let UID = 'no-uid';
const cases = golden<{ cases: readonly Case[] }>('controlplane/api-defaults.json').cases;

describe('objects as Kubernetes v1.36.3 stores them', () => {
  test.each(cases.map((c) => [c.id, c] as const))('%s', (_, { input, output }) => {
    const resource = resourceOfKind(input.apiVersion, input.kind);
    if (resource === undefined) throw new Error('not served');
    const uid = /"controller-uid":"([^"]+)"/.exec(JSON.stringify(output))?.[1];
    UID = uid ?? 'no-uid';
    const { value, issues } = decodeObject(resource, input);
    expect(issues).toEqual([]);
    const stored = prepareForCreate(resource, applyDefaults(resource, value), UID);
    expect(comparable(resource, stored)).toEqual(comparable(resource, output));
  });
});

describe('pods as the scheduler sees them', () => {
  interface Row {
    readonly pod: Pod;
    readonly submitted: Pod;
  }
  const { rows } = golden<{ rows: readonly Row[] }>('scheduler/table-pods.json');
  test.each(rows.map((row) => [row.pod.metadata.name, row] as const))('%s', (_, { pod, submitted }) => {
    const ours = defaultPodSpec(submitted.spec);
    const resourcesOf = (spec: Pod['spec']) => ({
      pod: spec.resources,
      containers: [...spec.containers, ...(spec.initContainers ?? [])].map((c) => c.resources ?? {}),
    });
    expect(withoutAdmission(resourcesOf(ours))).toEqual(withoutAdmission(resourcesOf(pod.spec)));
    expect(podResources(ours).requests).toEqual(podResources(pod.spec).requests);
  });
});

describe('defaulting', () => {
  test('pods of one template share one spec, and defaulting twice changes nothing', () => {
    const spec = { containers: [{ name: 'c', image: 'x' }] };
    expect(defaultPodSpec(spec)).toBe(defaultPodSpec(spec));
    expect(defaultPodSpec(defaultPodSpec(spec))).toBe(defaultPodSpec(spec));
  });

  test.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1.7.9', 'IfNotPresent'],
    ['localhost:5000/nginx', 'Always'],
    ['localhost:5000/nginx:2', 'IfNotPresent'],
    [`nginx@sha256:${'0'.repeat(64)}`, 'IfNotPresent'],
  ])('%s is pulled %s', (image, policy) => {
    expect(pullPolicyOf(image)).toBe(policy);
  });

  test('match label keys turn into requirements of the selector', () => {
    const constraint = { maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' as const };
    const spec = {
      containers: [],
      topologySpreadConstraints: [{ ...constraint, labelSelector: {}, matchLabelKeys: ['app', 'absent'] }],
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: 'z', labelSelector: {}, mismatchLabelKeys: ['app'] },
          ],
        },
      },
    };
    const merged = mergeMatchLabelKeys(spec, { app: 'web' });
    expect(merged.topologySpreadConstraints?.[0]?.labelSelector?.matchExpressions).toEqual([
      { key: 'app', operator: 'In', values: ['web'] },
    ]);
    expect(
      merged.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.[0]?.labelSelector
        ?.matchExpressions,
    ).toEqual([{ key: 'app', operator: 'NotIn', values: ['web'] }]);
    expect(mergeMatchLabelKeys({ containers: [] }, { app: 'web' })).toEqual({ containers: [] });
  });
});
