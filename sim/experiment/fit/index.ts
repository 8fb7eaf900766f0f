/** Generators fitted to traces. */
export * from './arrival-pattern.ts';
export * from './families.ts';
export * from './fit-trace.ts';
export * from './generator-spec.ts';
