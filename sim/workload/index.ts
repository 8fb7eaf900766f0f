/** Workloads: where pods come from. One file per trace format. */
export * from './arrivals.ts';
export * from './csv-trace.ts';
export * from './generator.ts';
export * from './pod-template.ts';
export * from './workload.ts';
