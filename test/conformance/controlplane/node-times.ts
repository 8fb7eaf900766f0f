/** When nodes became Unknown and got their taints, against the recording (group 7). Times may differ by the monitor's period. */
import type { Node } from '../../../sim/api/index.ts';
import type { SharedInformerFactory } from '../../../sim/client/index.ts';
import type { Recording } from './recording.ts';

/** README: ±6 s for node failure; intervals between evictions come from a rate. */
const TOLERANCE = 6;
const INTERVAL_TOLERANCE = 1;

const UNKNOWN = 'Ready=Unknown';
const NO_EXECUTE = 'taint unreachable:NoExecute';
const COMPARED = [UNKNOWN, 'taint unreachable:NoSchedule', NO_EXECUTE] as const;

export class NodeTimes {
  /** Node → what → seconds since the recording's start, first occurrence. */
  readonly #seen = new Map<string, Map<string, number>>();

  constructor(informers: SharedInformerFactory, seconds: () => number) {
    const look = (node: Node): void => {
      for (const what of statesOf(node)) this.#note(node.metadata.name, what, seconds());
    };
    informers.informer('nodes').addHandler({ onAdd: look, onUpdate: look });
  }

  #note(node: string, what: string, at: number): void {
    let times = this.#seen.get(node);
    if (times === undefined) this.#seen.set(node, (times = new Map()));
    if (!times.has(what)) times.set(what, at);
  }

  /** The first difference, undefined if there is none. */
  compare({ expected }: Recording): string | undefined {
    const recorded = expected.nodeTimes;
    if (recorded === undefined) return undefined;
    // Which node of a zone comes first is arbitrary: then only how many and when.
    const inZone = expected.unreachableNoExecuteAt !== undefined;
    for (const [node, times] of Object.entries(recorded)) {
      for (const what of COMPARED) {
        if (inZone && what === NO_EXECUTE) continue;
        const difference = differs(times[what], this.#seen.get(node)?.get(what));
        if (difference !== undefined) return `${node} ${what}: ${difference}`;
      }
    }
    return inZone ? this.#compareEvictions(expected.unreachableNoExecuteAt!) : undefined;
  }

  #compareEvictions(recorded: readonly number[]): string | undefined {
    const got = [...this.#seen.values()]
      .flatMap((times) => times.get(NO_EXECUTE) ?? [])
      .sort((a, b) => a - b);
    if (got.length !== recorded.length)
      return `NoExecute taints: expected at ${recorded.join()}, got ${got.join()}`;
    for (let i = 1; i < got.length; i++) {
      const [want, have] = [recorded[i]! - recorded[i - 1]!, got[i]! - got[i - 1]!];
      if (Math.abs(want - have) > INTERVAL_TOLERANCE)
        return `interval ${i} between NoExecute taints: expected ${want}, got ${have}`;
    }
    return differs(recorded[0], got[0]);
  }
}

function differs(want: number | undefined, got: number | undefined): string | undefined {
  if (want === undefined && got === undefined) return undefined;
  if (want !== undefined && got !== undefined && Math.abs(want - got) <= TOLERANCE) return undefined;
  return `expected at ${want ?? 'no time'}, got ${got ?? 'no time'}`;
}

function statesOf({ spec, status }: Node): readonly string[] {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const taints = (spec.taints ?? []).map(
    ({ key, effect }) => `taint ${key.replace('node.kubernetes.io/', '')}:${effect}`,
  );
  return ready === undefined ? taints : [`Ready=${ready.status}`, ...taints];
}

/** Seconds by which the recorded monitor's instants follow multiples of its period of 5 s; 0 if the recording does not show it. */
export function monitorPhase({ expected }: Recording): number {
  const times = Object.values(expected.nodeTimes ?? {}).flatMap((node) => node[UNKNOWN] ?? []);
  return times.length === 0 ? 0 : Math.min(...times) % 5;
}
