/** What an informer of pods holds, by looking through a list: the oracle of the object cache and its indexes. */
import { keyOf, type Pod } from '../../../sim/api/index.ts';

export class NaiveCache {
  /** In the order in which they came. */
  #pods: Pod[] = [];
  /** In the order in which they got their node. */
  #placed: Pod[] = [];

  put(pod: Pod): void {
    const at = this.#pods.findIndex((known) => keyOf(known) === keyOf(pod));
    const moved = at < 0 || this.#pods[at]!.spec.nodeName !== pod.spec.nodeName;
    if (at < 0) this.#pods.push(pod);
    else this.#pods[at] = pod;
    if (moved) this.#placed = [...this.#placed.filter((known) => keyOf(known) !== keyOf(pod)), pod];
    else this.#placed = this.#placed.map((known) => (keyOf(known) === keyOf(pod) ? pod : known));
  }

  remove(key: string): void {
    this.#pods = this.#pods.filter((pod) => keyOf(pod) !== key);
    this.#placed = this.#placed.filter((pod) => keyOf(pod) !== key);
  }

  get(key: string): Pod | undefined {
    return this.#pods.find((pod) => keyOf(pod) === key);
  }

  values(): readonly Pod[] {
    return this.#pods;
  }

  onNode(name: string): readonly Pod[] {
    return this.#placed.filter(({ spec }) => spec.nodeName === name);
  }
}
