/** Scenario files: schema, loader, and the builder that puts a simulated cluster together. */
export { givenByProgram } from './added-parts.ts';
export * from './build.ts';
export * from './files.ts';
export * from './load.ts';
export type { Settings } from './parse.ts';
export { isModulePath, type Registries, UnknownName, unknownName } from './registries.ts';
export { SCENARIO_API_VERSION, scenarioJsonSchema } from './schema/scenario.ts';
