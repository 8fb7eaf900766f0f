/** Makes a result again and compares: digests first, then the trail to name the first differing event. */
import { toSeconds } from '../engine/index.ts';
import type { LoadedScenario, Registries } from '../scenario/index.ts';
import { type RunManifest, sha256 } from './manifest.ts';
import { relativeInputs, runScenario } from './run.ts';
import { VERSION } from './version.ts';

export interface Verdict {
  readonly same: boolean;
  /** Empty if there is nothing to explain. */
  readonly explanation: string;
}

export function verifyResult(
  run: LoadedScenario,
  recorded: RunManifest,
  trail: Uint8Array,
  registries: Registries,
): Verdict {
  const changed = changedInput(run, recorded);
  if (changed !== undefined)
    return { same: false, explanation: `input ${changed} is not the one that was run` };
  const { manifest, trail: again } = runScenario(run, registries, { expectedTrail: trail });
  const events = manifest.eventDigest === recorded.eventDigest && manifest.events === recorded.events;
  if (events && manifest.stateDigest === recorded.stateDigest) return { same: true, explanation: '' };
  const version =
    recorded.kubedes === VERSION ? '' : ` (made by version ${recorded.kubedes}, this is ${VERSION})`;
  if (events) return { same: false, explanation: `equal events, but another final state${version}` };
  const first = again.differing;
  if (first === undefined) {
    return {
      same: false,
      explanation: `${manifest.events} events instead of ${recorded.events}, equal up to the shorter one${version}`,
    };
  }
  const { eventNumber, time, component, event } = first;
  const what = `event ${eventNumber} at ${toSeconds(time)} s: now ${component} ${event.kind} ${event.key}`;
  return { same: false, explanation: `first differing ${what}${version}` };
}

function changedInput(run: LoadedScenario, recorded: RunManifest): string | undefined {
  const now = new Map(relativeInputs(run.inputs).map(({ path, text }) => [path, sha256(text)]));
  return recorded.inputs.find(({ path, sha256: hash }) => now.get(path) !== hash)?.path;
}
