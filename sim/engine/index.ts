/** The discrete-event kernel: clock, calendar, run loop, keyed randomness, statistics, digest. */
export * from './constant.ts';
export * from './digest.ts';
export * from './distributions.ts';
export * from './event.ts';
export * from './fill-to.ts';
export * from './invariant.ts';
export * from './key-heap.ts';
export * from './log-histogram.ts';
export * from './maths.ts';
export * from './normal.ts';
export * from './observations.ts';
export * from './phase.ts';
export * from './random.ts';
export * from './simulation.ts';
export * from './state-digest.ts';
export * from './statistics.ts';
export * from './time.ts';
