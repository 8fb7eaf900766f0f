/** Workloads: where pods come from. One file per trace format. */
export * from './arrival-process.ts';
export * from './arrivals.ts';
export * from './generator.ts';
export * from './openb-nodes.ts';
export * from './pod-template.ts';
export * from './sizes.ts';
export * from './trace.ts';
export * from './trace-arrivals.ts';
export * from './trace-formats.ts';
export * from './trace-selection.ts';
export * from './workload.ts';
