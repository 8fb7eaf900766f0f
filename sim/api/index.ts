/** Kubernetes objects: types, the resource table and the rules that need nothing but an object. */
export * from './meta.ts';
export * from './quantity.ts';
export * from './removed-versions.ts';
export * from './resources.ts';
export type { Of } from './schema/descriptor.ts';
export type * from './types/apps.ts';
export type * from './types/batch.ts';
export type * from './types/container.ts';
export type * from './types/core.ts';
export type * from './types/meta.ts';
export type * from './types/networking.ts';
export type * from './types/pod.ts';
export type * from './types/policy.ts';
export type * from './types/scheduling.ts';
export type * from './types/storage.ts';
export type * from './types/volume.ts';
