/**
 * Makes a result again and compares: inputs first, then digests, the trail to name the first differing event, and the CSV
 * files byte for byte.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { firstDivergence, toSeconds } from '../engine/index.ts';
import type { CsvName } from '../metrics/index.ts';
import type { LoadedScenario, Registries } from '../scenario/index.ts';
import { relativeInputs } from './inputs.ts';
import { type RunManifest, sha256 } from './manifest.ts';
import { VERSION } from './own-files.ts';
import { RecordedFiles } from './recorded-files.ts';
import { type RunResult, startRunInto, toTheEnd } from './run.ts';
import { DigestTrail, type TracedEvent } from './trail.ts';

export interface Verdict {
  readonly same: boolean;
  /** One line; empty if there is nothing to explain. */
  readonly explanation: string;
  /** What a person needs to go on from there, line by line. */
  readonly details: readonly string[];
}

/** `trail`: undefined if it is missing. `folder`: of the result, whose CSV files are compared; absent: they are not. */
export function verifyResult(
  run: LoadedScenario,
  recorded: RunManifest,
  trail: Uint8Array | undefined,
  registries: Registries,
  folder?: string,
): Verdict {
  const inputs = new Map(relativeInputs(run.inputs).map(({ path, text }) => [path, text]));
  const changed = changedInput(recorded, (path) => inputs.get(path));
  if (changed !== undefined) return different(changed);
  const output = folder === undefined ? undefined : new RecordedFiles(folder);
  const files = Object.keys(recorded.rows).map((file) => file.replace(/\.csv$/, '') as CsvName);
  const again = toTheEnd(startRunInto(output, run, registries, { expectedTrail: trail, files }));
  return (
    verdictOnEvents(recorded, again, trail) ??
    (output === undefined ? undefined : verdictOnFiles(recorded, output)) ??
    verdictOnTrail(recorded, trail) ??
    SAME
  );
}

/** In words, the first input that is not what was run; undefined if all are. `read` gives undefined for a missing file. */
export function changedInput(
  { inputs }: RunManifest,
  read: (path: string) => string | undefined,
): string | undefined {
  for (const { path, sha256: hash } of inputs) {
    const text = read(path);
    if (text === undefined) return `input ${path} is missing`;
    if (sha256(text) !== hash)
      return `input ${path} has been changed since the run (SHA-256 ${sha256(text).slice(0, 12)}…, was ${hash.slice(0, 12)}…)`;
  }
  return undefined;
}

const SAME: Verdict = { same: true, explanation: '', details: [] };

const different = (explanation: string, details: readonly string[] = []): Verdict => ({
  same: false,
  explanation,
  details,
});

function verdictOnEvents(
  recorded: RunManifest,
  again: RunResult,
  trail: Uint8Array | undefined,
): Verdict | undefined {
  const { manifest } = again;
  const sameEvents = manifest.eventDigest === recorded.eventDigest && manifest.events === recorded.events;
  if (sameEvents && manifest.stateDigest === recorded.stateDigest) return undefined;
  const totals = [
    `recorded: ${recorded.events} events, digest ${recorded.eventDigest}, final state ${recorded.stateDigest}`,
    `now:      ${manifest.events} events, digest ${manifest.eventDigest}, final state ${manifest.stateDigest}`,
    ...madeElsewhere(recorded),
  ];
  if (sameEvents) return different('the events are equal, but not the final state', totals);
  const { differing } = again.trail;
  const covered = trail === undefined ? 0 : DigestTrail.eventsIn(trail);
  if (covered !== recorded.events && (differing === undefined || differing.eventNumber > covered))
    return different(between(recorded, manifest), [trailProblem(recorded, trail), ...totals]);
  if (differing === undefined)
    return different(`the run ends after event ${manifest.events}; the recorded one went on`, totals);
  const { eventNumber, before } = differing;
  const what =
    eventNumber > recorded.events
      ? `the recorded run ended after event ${recorded.events}; now there is event ${eventNumber}`
      : `first differing event: ${eventNumber}`;
  return different(`${what} at ${toSeconds(differing.time)} s`, [
    ...before.map((event) => `both: ${show(event)}`),
    `now:  ${show(differing)}`,
    ...totals,
  ]);
}

/** Without a trail: the checkpoints of the manifests leave an interval. */
function between(recorded: RunManifest, now: RunManifest): string {
  const [a, b] = [recorded, now].map(({ checkpoints }) =>
    checkpoints.map(({ event, time, digest }) => ({ eventNumber: event, time: time as never, hex: digest })),
  );
  const { after, by } = firstDivergence(a!, b!);
  const end = Number.isFinite(by) ? `and not after ${by}` : 'and before the end';
  return `the events differ somewhere after event ${after} ${end}`;
}

function madeElsewhere({ kubedes, wall }: RunManifest): string[] {
  const lines: string[] = [];
  if (kubedes !== VERSION)
    lines.push(`made by KubeDES ${kubedes}, this is ${VERSION}: other versions may give other results`);
  if (wall.node !== process.version)
    lines.push(`made under Node ${wall.node}, this is ${process.version}: that should make no difference`);
  return lines;
}

const show = ({ eventNumber, time, component, kind, key, n }: TracedEvent): string =>
  `event ${eventNumber} at ${toSeconds(time)} s: ${component}: ${kind}${key === '' ? '' : ` ${key}`}${n === undefined ? '' : ` (${n})`}`;

function verdictOnFiles({ rows }: RunManifest, output: RecordedFiles): Verdict | undefined {
  for (const file of Object.keys(rows)) {
    if (!existsSync(join(output.path, file))) return different(`the run is the same, but ${file} is missing`);
    const line = output.firstDifferentLine(file);
    if (line !== undefined)
      return different(`the run is the same, but ${file} is not what it writes: line ${line} differs`);
  }
  return undefined;
}

function verdictOnTrail(recorded: RunManifest, trail: Uint8Array | undefined): Verdict | undefined {
  if (trail !== undefined && trail.byteLength === 2 * recorded.events) return undefined;
  return different(`the run is the same, but ${trailProblem(recorded, trail)}`);
}

function trailProblem({ events }: RunManifest, trail: Uint8Array | undefined): string {
  if (trail === undefined) return 'digest-trail.bin is missing';
  const covered = DigestTrail.eventsIn(trail);
  return covered < events
    ? `digest-trail.bin is truncated: it ends at event ${covered} of ${events}`
    : `digest-trail.bin is of another run: it has ${covered} events instead of ${events}`;
}
