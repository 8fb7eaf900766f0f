/** Reports: HTML, pictures and a timeline made from result files. */
export { htmlReport } from './html.ts';
export type { Picture } from './picture.ts';
export { drawPictures, type Pictures } from './pictures.ts';
export { type Manifest, type RunFiles, readManifest, readPurpose, runFiles } from './results.ts';
export type { ComparedCell, ComparedMetric, Replay, Study } from './study.ts';
export { traceEvents } from './trace-events.ts';
