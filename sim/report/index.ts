/** Reports: HTML and pictures made from result files. */
export { htmlReport } from './html.ts';
export { drawPictures, type Picture } from './pictures.ts';
export { type RunFiles, readRun } from './results.ts';
