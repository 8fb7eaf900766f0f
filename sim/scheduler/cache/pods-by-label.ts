/** The pods on nodes by the value of a label, for the keys that were asked about: a new question does not look at all pods. */
import type { Labels, Selector } from '../../api/index.ts';
import type { PlacedPod } from './placed-pod.ts';

/** A label that has to have one of these values. */
export interface FixedLabel {
  readonly key: string;
  readonly values: readonly string[];
}

/** The first label that these selectors, all of which must match, fix to certain values; undefined if there is none. */
export function fixedLabel(selectors: readonly Selector[]): FixedLabel | undefined {
  for (const { requirements } of selectors)
    for (const requirement of requirements) if (requirement.operator === 'In') return requirement;
  return undefined;
}

export class PodsByLabel {
  readonly #byKey = new Map<string, Map<string, Set<PlacedPod>>>();

  /** Pods whose label has one of the values, each once. `all` is asked when nobody has asked about that key before. */
  *having({ key, values }: FixedLabel, all: () => Iterable<PlacedPod>): Generator<PlacedPod> {
    let byValue = this.#byKey.get(key);
    if (byValue === undefined) {
      this.#byKey.set(key, (byValue = new Map()));
      for (const placed of all()) put(byValue, key, placed);
    }
    for (const value of new Set(values)) yield* byValue.get(value) ?? [];
  }

  add(placed: PlacedPod): void {
    if (this.#byKey.size === 0) return;
    for (const [key, byValue] of this.#byKey) put(byValue, key, placed);
  }

  /** The pod's labels must be those with which it was added. */
  remove(placed: PlacedPod): void {
    if (this.#byKey.size === 0) return;
    const labels = labelsOf(placed);
    for (const [key, byValue] of this.#byKey) {
      const value = labels?.[key];
      const pods = value === undefined ? undefined : byValue.get(value);
      if (pods?.delete(placed) === true && pods.size === 0) byValue.delete(value!);
    }
  }
}

const labelsOf = ({ source }: PlacedPod): Labels | undefined => source.metadata.labels;

function put(byValue: Map<string, Set<PlacedPod>>, key: string, placed: PlacedPod): void {
  const value = labelsOf(placed)?.[key];
  if (value === undefined) return;
  const pods = byValue.get(value);
  if (pods === undefined) byValue.set(value, new Set([placed]));
  else pods.add(placed);
}
