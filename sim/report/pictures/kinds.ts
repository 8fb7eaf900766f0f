/** What is drawn of the runs, in the order of the page. */
import type { PictureKind } from '../picture-kind.ts';
import { ECDFS } from './ecdf.ts';
import { GANTT } from './gantt.ts';
import { HEAT_MAPS } from './heat-map.ts';
import { PROXY_LATENCY } from './proxy-latency.ts';
import { START_UP } from './start-up.ts';
import { TIME_SERIES } from './time-series.ts';

export const PICTURES: readonly PictureKind[] = [
  ...TIME_SERIES,
  PROXY_LATENCY,
  START_UP,
  ...ECDFS,
  GANTT,
  ...HEAT_MAPS,
];
