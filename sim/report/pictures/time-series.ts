/** The pictures over time: utilisation, pods on their way, errors and latency of requests. */
import type { PictureKind } from '../picture-kind.ts';
import { numberAt, type Row } from '../results.ts';
import { overTime } from './over-time.ts';

const count = (name: string, column: string) => ({
  name,
  of: ([row]: readonly Row[]) => (row === undefined ? undefined : numberAt(row, column)),
});

const percent = (name: string, column: string) => ({
  name,
  of: ([row]: readonly Row[]) => {
    const ratio = row === undefined ? undefined : numberAt(row, column);
    return ratio === undefined ? undefined : 100 * ratio;
  },
});

const sum = (rows: readonly Row[], column: string): number =>
  rows.reduce((total, row) => total + (numberAt(row, column) ?? 0), 0);

/** Of the requests to all Services whose client was up. */
const share = (name: string, column: string) => ({
  name,
  of: (rows: readonly Row[]) => {
    const sent = sum(rows, 'requests') - sum(rows, 'client_down');
    return sent > 0 ? (100 * sum(rows, column)) / sent : undefined;
  },
});

const utilisation = (resource: 'cpu' | 'memory', name: string): PictureKind => {
  const [requested, used] = [`${resource}_requested_ratio`, `${resource}_used_ratio`];
  return overTime({
    id: `utilisation-${resource}`,
    title: `${name} utilisation`,
    question: 'How full is the cluster: of what is allocatable, what is requested and what is used?',
    section: 'Over time',
    file: 'cluster',
    columns: [requested, used],
    yLabel: '% of allocatable',
    parts: [percent('requested', requested), percent('used', used)],
  });
};

const ERRORS = ['connect_timeout', 'connection_refused', 'connection_reset', 'no_endpoints'];

export const TIME_SERIES: readonly PictureKind[] = [
  overTime({
    id: 'errors',
    title: 'Requests not answered',
    question: 'When do users notice something, how much, and in which way do requests fail?',
    section: 'Services',
    file: 'services',
    columns: ['requests', 'client_down', ...ERRORS],
    yLabel: '% of requests',
    parts: ERRORS.map((column) => share(column.replaceAll('_', ' '), column)),
    stacked: true,
  }),
  overTime({
    id: 'latency',
    title: 'Request latency, 99th percentile',
    question: 'When do answers become slow? With several Services, that of the slowest.',
    section: 'Services',
    file: 'services',
    columns: ['latency_p99_us'],
    yLabel: 'ms',
    logarithmic: true,
    parts: [
      {
        name: 'p99',
        of: (rows) => {
          const found = rows.flatMap((row) => numberAt(row, 'latency_p99_us') ?? []);
          return found.length === 0 ? undefined : Math.max(...found) / 1000;
        },
      },
    ],
  }),
  utilisation('cpu', 'CPU'),
  utilisation('memory', 'Memory'),
  overTime({
    id: 'pending',
    title: 'Pods waiting and starting',
    question: 'Does the cluster keep up: how many pods wait for a node, how many are being started?',
    section: 'Over time',
    file: 'cluster',
    columns: ['pods_pending', 'pods_starting'],
    yLabel: 'pods',
    parts: [count('waiting for a node', 'pods_pending'), count('starting on a node', 'pods_starting')],
  }),
  overTime({
    id: 'ready',
    title: 'Pods running and ready',
    question: 'How many pods does the API show as running, and how many as ready?',
    section: 'Over time',
    file: 'cluster',
    columns: ['pods_running', 'pods_ready'],
    yLabel: 'pods',
    parts: [count('running', 'pods_running'), count('ready', 'pods_ready')],
  }),
];
