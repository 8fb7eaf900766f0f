/** The pods of a finished run, as its pods.csv tells of them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';

export interface RecordedPod {
  readonly namespace: string;
  readonly name: string;
  /** When the binding was stored, in seconds; undefined if never. */
  readonly boundSeconds: number | undefined;
}

interface Row {
  readonly namespace: string;
  readonly name: string;
  readonly bound_s: string;
}

/** One for each pod that there was: names may repeat. Undefined if the run did not write pods.csv. */
export function readRecordedPods(folder: string): readonly RecordedPod[] | undefined {
  const path = join(folder, 'pods.csv');
  if (!existsSync(path)) return undefined;
  const pods: RecordedPod[] = [];
  Papa.parse<Row>(readFileSync(path, 'utf8'), {
    header: true,
    delimiter: ',',
    skipEmptyLines: true,
    step: ({ data: { namespace, name, bound_s: bound } }) => {
      pods.push({ namespace, name, boundSeconds: bound === '' ? undefined : Number(bound) });
    },
  });
  return pods;
}
