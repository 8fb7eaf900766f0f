/**
 * The made-up traces in scenarios/traces: what scenarios use until they are pointed at a published one. Sizes and times have
 * the proportions of those traces, drawn by our own streams. `npm run samples:update` writes them.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { distribution, log, RandomStreams } from '../../sim/engine/index.ts';

type Draw = () => number;
type Weighted<T> = readonly (readonly [number, T])[];

const rows = (
  header: string,
  count: number,
  row: (i: number) => readonly (string | number)[],
  separator = ',',
): string =>
  [
    ...(header === '' ? [] : [header]),
    ...Array.from({ length: count }, (_, i) => row(i).join(separator)),
    '',
  ].join('\n');

/** One of `values` by weight. */
function pick<T>(values: Weighted<T>, draw: Draw): T {
  let left = draw() * values.reduce((sum, [weight]) => sum + weight, 0);
  return (values.find(([weight]) => (left -= weight) < 0) ?? values.at(-1)!)[1];
}

/** Weight, then cores, GPUs and thousandths of each: what pods of openb ask for, in rounded figures. */
const POD_KINDS: Weighted<readonly [number, number, number]> = [
  [13, [3, 1, 810]],
  [26, [11, 1, 1000]],
  [8, [3, 1, 1000]],
  [5, [12, 1, 470]],
  [5, [8, 1, 470]],
  [6, [18, 1, 1000]],
  [4, [12, 1, 650]],
  [5, [4, 1, 320]],
  [6, [8, 1, 1000]],
  [4, [4, 1, 230]],
  [2, [4, 1, 550]],
  [6, [13, 0, 0]],
  [4, [32, 0, 0]],
  [3, [8, 0, 0]],
  [1, [24, 2, 1000]],
  [1, [88, 8, 1000]],
];

/** Weight, then cores, GiB, GPUs and model. */
const NODE_KINDS: Weighted<readonly [number, number, number, string]> = [
  [45, [96, 384, 8, 'G2']],
  [32, [104, 512, 2, 'T4']],
  [10, [16, 120, 2, 'P100']],
  [4, [128, 768, 8, 'G3']],
  [4, [32, 128, 4, 'V100M16']],
  [4, [96, 768, 8, 'V100M32']],
];

const openbNodes = (draw: Draw): string =>
  rows('sn,cpu_milli,memory_mib,gpu,model', 60, (i) => {
    const [cores, gibibytes, gpus, model] = pick(NODE_KINDS, draw);
    return [`node-${String(i).padStart(2, '0')}`, cores * 1000, gibibytes * 1024, gpus, model];
  });

/** Pods run for hours; some are longer than a day. */
function openbPods(draw: Draw): string {
  const runTime = distribution({ lognormal: { median: 7200, sigma: 1.2 } });
  const columns =
    'name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time';
  let created = 0;
  return rows(columns, 600, (i) => {
    const [cores, gpus, milli] = pick(POD_KINDS, draw);
    created += Math.round(-60 * log(1 - draw()));
    const end = created + Math.min(90_000, Math.max(60, Math.round(runTime.sample(draw))));
    const kind = draw() < 0.6 ? 'LS' : 'BE';
    const size = [cores * 1000, cores * 3072, gpus, milli];
    return [`pod-${String(i).padStart(3, '0')}`, ...size, '', kind, 'Succeeded', created, end, created];
  });
}

/** A batch log: sizes are powers of two, users ask for far more time than their jobs need. */
function batchLog(draw: Draw): string {
  const runTime = distribution({ lognormal: { median: 1200, sigma: 1.2 } });
  let submit = 0;
  const jobs = rows(
    '',
    400,
    (i) => {
      submit += Math.round(-330 * log(1 - draw()));
      const run = Math.min(36_000, Math.max(5, Math.round(runTime.sample(draw))));
      const processors =
        2 **
        pick(
          [
            [30, 0],
            [10, 1],
            [15, 2],
            [15, 3],
            [12, 4],
            [10, 5],
            [5, 6],
            [3, 7],
          ],
          draw,
        );
      const estimate = Math.min(43_200, 300 * Math.ceil((run * (1 + 3 * draw())) / 300));
      return [
        i + 1,
        submit,
        -1,
        run,
        processors,
        -1,
        -1,
        processors,
        estimate,
        -1,
        1,
        1 + Math.floor(draw() * 9),
        1,
        -1,
        0,
        -1,
        -1,
        -1,
      ];
    },
    ' ',
  );
  return `; Version: 2.2\n; Computer: made up\n; MaxProcs: 128\n${jobs}`;
}

/** MapReduce jobs, most of them small, which read one of 200 data sets. */
function mapReduceJobs(draw: Draw): string {
  const bytes = distribution({ lognormal: { median: 1.2e9, sigma: 0.8 } });
  let submit = 0;
  return rows(
    '',
    1500,
    (i) => {
      const gap = Math.round(-1.2 * log(1 - draw()));
      submit += gap;
      const input = Math.round(bytes.sample(draw));
      return [
        `job${i}`,
        submit,
        gap,
        input,
        Math.round(input * draw()),
        Math.round(input * 0.1),
        `set-${Math.floor(200 * draw() ** 2)}`,
      ];
    },
    '\t',
  );
}

const SAMPLES = {
  'openb-nodes-sample.csv': openbNodes,
  'openb-pods-sample.csv': openbPods,
  'batch-sample.swf': batchLog,
  'mapreduce-sample.tsv': mapReduceJobs,
} as const;

/** Text of every sample by the name of its file. */
export const sampleTraces = (): ReadonlyMap<string, string> => {
  const random = new RandomStreams('samples');
  return new Map(Object.entries(SAMPLES).map(([name, make]) => [name, make(random.stream('rows', name))]));
};

export const SAMPLES_FOLDER = fileURLToPath(new URL('../../scenarios/traces/', import.meta.url));

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [name, text] of sampleTraces()) writeFileSync(`${SAMPLES_FOLDER}${name}`, text);
