/** What client-go is to a process: a rate-limited client, informers, work queue, expectations. */
export { ApiClient, type ApiClientOptions } from './client.ts';
export { EventRecorder, type EventRecorderOptions, type EventType } from './event-recorder.ts';
export { Expectations, expectationsTimeout } from './expectations.ts';
export type { Informer, InformerHandler } from './informer.ts';
export { type InformerSelectors, SharedInformerFactory } from './informer-factory.ts';
export { type ClientLimits, clientLimits, defaultClientLimits, unlimited } from './limits.ts';
export * from './rate-limiter.ts';
export { TokenBucket } from './token-bucket.ts';
export { WorkQueue, type WorkQueueOptions, type WorkQueueOwner } from './workqueue.ts';
