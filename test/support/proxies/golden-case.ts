/** The recorded cases of real proxiers (`golden/proxy/README.md`, "Case format") and the objects a generated one starts from. */
import type { EndpointSlice, Service } from '../../../sim/api/index.ts';

export interface GoldenCase {
  readonly name: string;
  readonly node: {
    readonly name: string;
    readonly ip: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly generator?: { readonly services: number; readonly endpointsPerService: number };
  readonly steps: readonly GoldenStep[];
}

export interface GoldenStep {
  readonly note?: string;
  readonly changes: readonly GoldenChange[];
  readonly expect: {
    readonly iptables?: unknown;
    readonly ipvs?: unknown;
    readonly healthCheckNodePorts?: unknown;
  };
}

export type GoldenChange =
  | { readonly op: 'add' | 'update' | 'delete'; readonly kind: 'Service'; readonly object: Service }
  | {
      readonly op: 'add' | 'update' | 'delete';
      readonly kind: 'EndpointSlice';
      readonly object: EndpointSlice;
    }
  | { readonly op: 'forceFullSync' | 'wait' | 'wait35' | 'ipvsGracefulTick' }
  | { readonly op: 'topology'; readonly object: Readonly<Record<string, string>> }
  | { readonly op: 'conntrack'; readonly object: readonly RecordedFlow[] }
  | {
      readonly op: 'ipvsConnections';
      readonly object: { readonly active: number; readonly inactive: number; readonly realServer: string };
    };

export interface RecordedFlow {
  readonly origDst: string;
  readonly origPort: number;
  readonly proto: 'TCP' | 'UDP' | 'SCTP';
  readonly replyPort: number;
  readonly replySrc: string;
}

/** Changes of step `index`: as recorded, or those of a scale case, whose nine steps are told in its notes. */
export function changesOf(golden: GoldenCase, index: number): readonly GoldenChange[] {
  const generator = golden.generator;
  if (generator === undefined) return golden.steps[index]?.changes ?? [];
  const { services, endpointsPerService: perService } = generator;
  // One service in the middle gets and loses an endpoint.
  const middle = Math.floor(services / 2);
  const endpoints = generatedAddresses(middle, perService);
  switch (index) {
    case 0:
      return Array.from({ length: services }, (_, i) => generated(i, perService)).flat();
    case 2:
      return [sliceChange('update', `s${middle}`, [...endpoints, ['10.200.0.1', 'node-b']])];
    case 3:
      return [sliceChange('update', `s${middle}`, endpoints)];
    case 4:
      return [
        serviceChange('add', 'extra', '172.30.200.1'),
        sliceChange('add', 'extra', [['10.200.1.1', 'node-b']]),
      ];
    case 5:
      return [serviceChange('delete', 'extra', '172.30.200.1'), sliceChange('delete', 'extra', [])];
    case 6:
      return [{ op: 'wait' }];
    case 7:
      return [{ op: 'wait35' }];
    case 8:
      return [{ op: 'forceFullSync' }];
    default:
      return [];
  }
}

const generated = (i: number, perService: number): GoldenChange[] => [
  serviceChange('add', `s${i}`, `172.30.${Math.floor(i / 250)}.${(i % 250) + 1}`),
  sliceChange('add', `s${i}`, generatedAddresses(i, perService)),
];

function generatedAddresses(i: number, perService: number): [string, string][] {
  return Array.from({ length: perService }, (_, j) => {
    const k = i * perService + j;
    const ip = `10.${128 + Math.floor(k / 62500)}.${Math.floor(k / 250) % 250}.${(k % 250) + 1}`;
    return [ip, j === 0 && i % 10 === 0 ? 'node-a' : 'node-b'];
  });
}

const metadata = (name: string): Service['metadata'] => ({
  name,
  namespace: 'ns',
  uid: name,
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
});

const serviceChange = (op: 'add' | 'delete', name: string, clusterIP: string): GoldenChange => ({
  op,
  kind: 'Service',
  object: {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(name),
    spec: {
      type: 'ClusterIP',
      clusterIP,
      clusterIPs: [clusterIP],
      ports: [{ name: 'p80', port: 80, protocol: 'TCP', targetPort: 8080 }],
    },
  },
});

const sliceChange = (
  op: 'add' | 'update' | 'delete',
  service: string,
  addresses: readonly (readonly [string, string])[],
): GoldenChange => ({
  op,
  kind: 'EndpointSlice',
  object: {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata(`${service}-1`), labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [{ name: 'p80', port: 8080, protocol: 'TCP' }],
    endpoints: addresses.map(([ip, nodeName]) => ({
      addresses: [ip],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName,
    })),
  },
});
