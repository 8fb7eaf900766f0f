import { describe, expect, test } from 'vitest';
import type { Pod } from '../../sim/api/index.ts';
import { hostPorts, hostPortsClash, podResources, qosClass } from '../../sim/api/index.ts';
import { golden } from './golden.ts';

interface Row {
  readonly pod: Pod;
  readonly qosClass: string;
  readonly requests: Readonly<Record<string, string>>;
  readonly requestsSkipPodLevel: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
  readonly nodeInfo: {
    readonly requested: {
      milliCPU: number;
      memory: number;
      ephemeralStorage: number;
      scalar: Record<string, number>;
    };
    readonly nonZeroRequested: { milliCPU: number; memory: number };
  };
}
const table = golden<{ rows: readonly Row[] }>('scheduler/table-pods.json');

describe('pods as Kubernetes v1.36.3 counts them', () => {
  test.each(table.rows.map((row) => [row.pod.metadata.name, row] as const))('%s', (_, row) => {
    const figures = podResources(row.pod.spec);
    expect(figures.requests).toEqual(row.requests);
    expect(figures.requestsSkipPodLevel).toEqual(row.requestsSkipPodLevel);
    expect(figures.limits).toEqual(row.limits);
    expect(qosClass(row.pod.spec)).toBe(row.qosClass);
    expect({
      requested: {
        milliCPU: figures.cpuMilli,
        memory: figures.memoryBytes,
        ephemeralStorage: figures.ephemeralStorageBytes,
        scalar: Object.fromEntries(figures.scalars),
      },
      nonZeroRequested: { milliCPU: figures.nonZeroCpuMilli, memory: figures.nonZeroMemoryBytes },
    }).toEqual(row.nodeInfo);
  });

  test('figures are computed once per spec object', () => {
    const spec = { containers: [{ name: 'c' }] };
    expect(podResources(spec)).toBe(podResources(spec));
  });

  test('an incoming pod without requests scores as 100m and 200Mi per container', () => {
    const figures = podResources({ containers: [{ name: 'a' }, { name: 'b' }] });
    expect(figures.scoreCpuMilli).toBe(200);
    expect(figures.scoreMemoryBytes).toBe(400 * 1024 * 1024);
  });
});

describe('host ports', () => {
  const port = (ip: string) => ({ ip, port: 80, protocol: 'TCP' });

  test('come from containers and sidecars, not from other init containers', () => {
    const ports = [{ containerPort: 80, hostPort: 8080 }];
    const spec = {
      initContainers: [
        { name: 'i', ports },
        {
          name: 's',
          restartPolicy: 'Always' as const,
          ports: [{ containerPort: 1, hostPort: 81, hostIP: '10.0.0.1' }],
        },
      ],
      containers: [{ name: 'c', ports: [...ports, { containerPort: 9 }] }],
    };
    expect(hostPorts(spec)).toEqual([
      { ip: '10.0.0.1', port: 81, protocol: 'TCP' },
      { ip: '0.0.0.0', port: 8080, protocol: 'TCP' },
    ]);
  });

  test.each([
    ['10.0.0.1', '10.0.0.2', false],
    ['10.0.0.1', '10.0.0.1', true],
    ['0.0.0.0', '10.0.0.1', true],
    ['10.0.0.1', '0.0.0.0', true],
  ])('%s and %s', (a, b, clash) => {
    expect(hostPortsClash(port(a), port(b))).toBe(clash);
    expect(hostPortsClash(port(a), { ...port(b), protocol: 'UDP' })).toBe(false);
    expect(hostPortsClash(port(a), { ...port(b), port: 81 })).toBe(false);
  });
});
