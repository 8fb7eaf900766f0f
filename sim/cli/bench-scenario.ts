/**
 * The workload on which cluster simulators are commonly measured: equal nodes, Poisson arrivals at a constant load,
 * exponential run times, every size as likely as any other.
 */
const NODE = { cpu: '16', memory: '64Gi', pods: '110' };
const CPU_MILLI = [250, 500, 1000, 2000] as const;
const MEMORY_MIB = [256, 512, 1024, 2048, 4096] as const;
const MEAN_CPU_MILLI = CPU_MILLI.reduce((total, cpu) => total + cpu, 0) / CPU_MILLI.length;
const MEAN_RUN_TIME_S = 600;
/** Share of the CPUs that are asked for in the long run. */
const LOAD = 0.6;

/** As text; JSON is YAML. */
export function benchScenario(nodes: number, pods: number): string {
  const perSecond = (LOAD * nodes * 16_000) / (MEAN_CPU_MILLI * MEAN_RUN_TIME_S);
  const sizes = CPU_MILLI.flatMap((cpu) =>
    MEMORY_MIB.map((memory) => ({ requests: { cpu: `${cpu}m`, memory: `${memory}Mi` } })),
  );
  return JSON.stringify({
    apiVersion: 'kubedes.io/v1',
    kind: 'Scenario',
    metadata: { name: `batch-${nodes}-nodes-${pods}-pods` },
    duration: '8760h',
    stop: 'workload-done',
    cluster: { nodes: [{ name: 'node', count: nodes, capacity: NODE }] },
    workload: [
      {
        name: 'batch',
        arrival: { poisson: { perSecond } },
        count: pods,
        runTime: { exponential: { mean: `${MEAN_RUN_TIME_S}s` } },
        sizes,
      },
    ],
    record: { files: ['pods', 'summary'] },
  });
}
