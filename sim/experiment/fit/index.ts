/** Generators fitted to traces. */
export * from './families.ts';
export * from './fit-trace.ts';
export * from './generator-spec.ts';
