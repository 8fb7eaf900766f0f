/** The recorders of a run, by the files they write; a table, so that a scenario may switch files off. */
import type { ObservationBus } from '../../api/index.ts';
import type { CsvTable } from '../csv.ts';
import { PodLedger } from '../pod-ledger.ts';
import type { Recorder } from '../recorder.ts';
import type { CsvName } from '../schema.ts';
import { ClusterRecorder } from './cluster.ts';
import { EventRecorder } from './events.ts';
import { OutcomeRecorder } from './outcomes.ts';
import { PodRecorder } from './pods.ts';
import { ProxyRecorder } from './proxy.ts';
import { SchedulingRecorder } from './scheduling.ts';
import { ServiceRecorder } from './services.ts';

type RecordedName = Exclude<CsvName, 'summary'>;
type OpenTable = (name: RecordedName) => CsvTable;

const RECORDERS: readonly {
  readonly files: readonly CsvName[];
  readonly create: (open: OpenTable, bus: ObservationBus, pods: () => PodLedger) => Recorder;
}[] = [
  { files: ['pods'], create: (open, _bus, pods) => new PodRecorder(open('pods'), pods()) },
  {
    files: ['nodes', 'cluster'],
    create: (open, bus) => new ClusterRecorder(open('nodes'), open('cluster'), bus),
  },
  { files: ['scheduling'], create: (open, bus) => new SchedulingRecorder(open('scheduling'), bus) },
  { files: ['services'], create: (open, bus) => new ServiceRecorder(open('services'), bus) },
  { files: ['proxy'], create: (open, bus) => new ProxyRecorder(open('proxy'), bus) },
  { files: ['pods', 'summary'], create: (_open, _bus, pods) => new OutcomeRecorder(pods()) },
  { files: ['events'], create: (open, bus) => new EventRecorder(open('events'), bus) },
];

/** Whose metrics the summary does not have if only `files` are recorded. Events have none. */
export function withoutMetrics(files: readonly CsvName[]): readonly CsvName[] {
  const silent = RECORDERS.filter((entry) => !entry.files.some((file) => files.includes(file)));
  const names = new Set(silent.flatMap((entry) => entry.files));
  return [...names].filter((name) => name !== 'events' && name !== 'summary');
}

/** Creates the recorders that write at least one of `files`. */
export function createRecorders(
  files: readonly CsvName[],
  open: OpenTable,
  bus: ObservationBus,
): readonly Recorder[] {
  let ledger: PodLedger | undefined;
  const pods = (): PodLedger => (ledger ??= new PodLedger(bus));
  return RECORDERS.filter((entry) => entry.files.some((file) => files.includes(file))).map((entry) =>
    entry.create(open, bus, pods),
  );
}
