/** The objects as they stood at the end of a run, as `kubectl get` shows them. */

import type { Pod } from '../api/index.ts';
import type { ApiServer } from '../apiserver/index.ts';
import type { RunResult } from '../experiment/run.ts';
import { printDeployment, printJob, printNode, printPod } from '../node/index.ts';
import { formatTable } from './table.ts';

/** More rows than this are cut, with a note. */
const MOST_ROWS = 40;

type Row = Readonly<Record<string, string>>;

interface Section {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: (
    apiserver: ApiServer,
    nowMs: number,
  ) => readonly { readonly namespace: string; readonly row: Row }[];
}

const cells = (row: object): Row => row as Row;

const SECTIONS: readonly Section[] = [
  {
    title: 'deployments',
    columns: ['Name', 'Ready', 'Up-to-date', 'Available', 'Age'],
    rows: (api, now) =>
      api
        .list('deployments')
        .map((d) => ({ namespace: d.metadata.namespace ?? '', row: cells(printDeployment(d, now)) })),
  },
  {
    title: 'jobs',
    columns: ['Name', 'Status', 'Completions', 'Duration', 'Age'],
    rows: (api, now) =>
      api.list('jobs').map((j) => ({ namespace: j.metadata.namespace ?? '', row: cells(printJob(j, now)) })),
  },
  {
    title: 'pods',
    columns: ['Name', 'Ready', 'Status', 'Restarts', 'Age', 'IP', 'Node'],
    rows: (api, now) =>
      api.list('pods').map((p) => ({ namespace: p.metadata.namespace ?? '', row: cells(printPod(p, now)) })),
  },
  {
    title: 'pods without a node',
    columns: ['Name', 'Because'],
    rows: (api) =>
      api.list('pods').flatMap((pod) => {
        const because = whyUnscheduled(pod);
        return because === undefined
          ? []
          : [{ namespace: pod.metadata.namespace ?? '', row: { Name: pod.metadata.name, Because: because } }];
      }),
  },
  {
    title: 'nodes',
    columns: ['Name', 'Status', 'Roles', 'Age', 'Version'],
    rows: (api, now) => api.list('nodes').map((n) => ({ namespace: '', row: cells(printNode(n, now)) })),
  },
];

/** As the pod's conditions say; undefined if it has a node. */
function whyUnscheduled({ spec, status }: Pod): string | undefined {
  if (spec.nodeName || status?.phase !== 'Pending') return undefined;
  const condition = status.conditions?.find(({ type }) => type === 'PodScheduled');
  return condition?.message || `no scheduler called ${spec.schedulerName} has seen it`;
}

export function printFinalState({ cluster }: RunResult): void {
  for (const { title, columns, rows } of SECTIONS) {
    const found = rows(cluster.apiserver, cluster.calendarMs());
    if (found.length === 0) continue;
    const namespaced = found.some(({ namespace }) => namespace !== '' && namespace !== 'default');
    const head = [...(namespaced ? ['NAMESPACE'] : []), ...columns.map((column) => column.toUpperCase())];
    const shown = found.slice(0, MOST_ROWS);
    const body = shown.map(({ namespace, row }) => [
      ...(namespaced ? [namespace] : []),
      ...columns.map((column) => row[column] ?? ''),
    ]);
    console.log(`\n${title}\n${formatTable(head, body)}`);
    if (found.length > shown.length) console.log(`… and ${found.length - shown.length} more`);
  }
}
