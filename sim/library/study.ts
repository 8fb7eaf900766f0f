/** What a report is made of: one comparison, or any number of runs taken as one. */
import {
  type Cell,
  cellLabels,
  compareCommand,
  isComparison,
  keptRun,
  type Plan,
  type RunRecord,
  readComparison,
} from '../experiment/compare/index.ts';
import { UsageError } from '../experiment/errors.ts';
import { verifyCommand } from '../experiment/replay.ts';
import { isResult, runsIn } from '../experiment/result-folder.ts';
import {
  type Manifest,
  type RunFiles,
  readManifest,
  readPurpose,
  runFiles,
  type Study,
} from '../report/index.ts';
import { statementsOf } from './statements.ts';

/** Of runs, folders of runs, or one comparison. Throws UsageError if there is nothing to report on. */
export function readStudy(folders: readonly string[]): Study {
  const [first] = folders;
  if (folders.length === 1 && first !== undefined && isComparison(first)) return studyOfComparison(first);
  const mixed = folders.find(isComparison);
  if (mixed !== undefined) throw new UsageError(`${mixed}: a comparison has a report of its own`);
  return studyOfRuns([...new Set(folders.flatMap((folder) => runsIn(folder, isResult)))]);
}

interface Found {
  readonly folder: string;
  readonly manifest: Manifest;
}

function studyOfComparison(folder: string): Study {
  const { manifest, plan, records } = readComparison(folder);
  const kept = manifest.runs.flatMap(({ id, cell, eventDigest }) => {
    const path = keptRun(folder, id, eventDigest);
    return path === undefined ? [] : [{ cell, folder: path, manifest: readManifest(path) }];
  });
  const runs = onePerCell(plan, kept);
  return {
    ...statementsOf(plan, records),
    ...readPurpose(folder, manifest.entry),
    title: manifest.scenario,
    version: manifest.kubedes,
    source: 'comparison.csv',
    runs,
    runsNote:
      runs.length === 0
        ? 'the comparison kept no CSV files of its runs (compare --keep-runs)'
        : seedNote(plan, runs),
    replays: [
      {
        what: `${plan.cells.length} × ${plan.seeds.length} runs; comparison.json has their event digests`,
        command: compareCommand(folder, manifest),
      },
    ],
  };
}

function studyOfRuns(folders: readonly string[]): Study {
  const found = folders.map((folder) => ({ folder, manifest: readManifest(folder) }));
  const cells: Cell[] = [];
  const placed = found.map(({ folder, manifest }) => {
    const own = cellOf(manifest, found);
    const known = cells.findIndex((cell) => JSON.stringify(cell) === JSON.stringify(own));
    return { folder, manifest, cell: known < 0 ? cells.push(own) - 1 : known };
  });
  const seeds = [...new Set(found.map(({ manifest }) => manifest.seed))];
  const plan = {
    cells,
    seeds,
    runs: placed.map(({ folder, cell, manifest: { seed } }) => ({ id: folder, cell, seed })),
  };
  const runs = onePerCell(plan, placed);
  const { manifest, folder } = found[0]!;
  return {
    ...statementsOf(plan, new Map(placed.map((run) => [run.folder, recordOf(run, cells[run.cell]!)]))),
    ...readPurpose(folder, manifest.entry[0]),
    title: [...new Set(found.map(({ manifest: { scenario } }) => scenario))].join(', '),
    version: manifest.kubedes,
    source: 'summary.csv',
    runs,
    runsNote: seedNote(plan, runs),
    replays: found.map(({ folder, manifest: { variant, seed, eventDigest } }) => ({
      what: [...(variant === null ? [] : [variant]), `seed ${seed}`].join(', '),
      command: verifyCommand(folder),
      eventDigest,
    })),
  };
}

/** What tells a run from others but the seed: scenario, variant and settings that are not the same in all. */
function cellOf({ scenario, variant, set }: Manifest, all: readonly Found[]): Cell {
  const differs = ([path, value]: readonly [string, unknown]) =>
    all.some(({ manifest }) => JSON.stringify(manifest.set[path]) !== JSON.stringify(value));
  return {
    policy: scenario,
    proxy: '',
    variant: variant ?? undefined,
    settings: Object.fromEntries(Object.entries(set).filter(differs)),
  };
}

/** The figures of a run as a comparison would have kept them. */
function recordOf({ folder, manifest }: Found, cell: Cell): RunRecord {
  const rows = [...runFiles(folder, '', manifest).rows('summary', ['metric', 'value', 'unit', 'meaning'])];
  return {
    format: 1,
    key: '',
    cell,
    seed: manifest.seed,
    stopped: manifest.stopped,
    simulatedSeconds: manifest.simulatedSeconds,
    events: 0,
    eventDigest: manifest.eventDigest,
    metrics: rows.map(({ metric = '', value = '', unit = '', meaning = '' }) => ({
      metric,
      ...(value !== '' && { value: Number(value) }),
      unit,
      meaning,
    })),
  };
}

/** Pictures of single runs show the first seed of each cell. */
function onePerCell(plan: Plan, found: readonly (Found & { readonly cell: number })[]): RunFiles[] {
  const labels = cellLabels(plan.cells);
  return plan.cells.flatMap((_, cell) => {
    const first = found.find((run) => run.cell === cell);
    return first === undefined ? [] : [runFiles(first.folder, labels[cell]!, first.manifest)];
  });
}

function seedNote({ seeds }: Plan, runs: readonly RunFiles[]): string | undefined {
  if (seeds.length < 2) return undefined;
  const shown = new Set(runs.map(({ manifest }) => manifest.seed));
  return `Of ${seeds.length} seeds, pictures of single runs show seed ${[...shown].join(', ')}.`;
}
