/** Metrics: the schema of every column, the recorders that listen, and CSV. */
export * from './csv.ts';
export * from './recorder.ts';
export { createRecorders, withoutMetrics } from './recorders/index.ts';
export * from './schema.ts';
