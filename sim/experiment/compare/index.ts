/** Comparisons: a grid of runs on worker threads, and what can be said of them. */
export * from './analysis.ts';
export * from './columns.ts';
export * from './command.ts';
export * from './comparison.ts';
export * from './plan.ts';
export * from './read.ts';
export { keptRun, type MetricValue, type RunRecord } from './record.ts';
export type { PolicyFiles } from './task.ts';
export * from './verdict.ts';
