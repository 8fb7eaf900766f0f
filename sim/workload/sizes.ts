/** What generated pods request: one fixed list of quantities, or classes drawn by weight whose amounts may be random. */
import type { PodSpec } from '../api/index.ts';
import type { Distribution, Random } from '../engine/index.ts';
import { type PodShape, podSpec } from './pod-template.ts';

/** A drawn amount: rounded up to a multiple of `step`, not above `most`. */
export interface DrawnAmount {
  /** In millicores of `cpu`, in units of everything else. */
  readonly of: Distribution;
  readonly step: number;
  readonly most: number;
}

/** A quantity as written, or one drawn for each pod. */
export type Amount = string | DrawnAmount;

export interface SizeClass {
  readonly weight: number;
  readonly requests: ReadonlyMap<string, Amount>;
  /** As requests are drawn, so are equal limits. */
  readonly limitsAsRequests: boolean;
  /** µs; absent: the run time of the generator. */
  readonly runTime: Distribution | undefined;
  readonly priorityClassName: string | undefined;
}

export interface DrawnSize {
  readonly spec: PodSpec;
  readonly runTime: Distribution | undefined;
}

/** Draws sizes; pods that got equal amounts share one spec. Two draws of randomness per pod and random amount at least. */
export class Sizes {
  readonly #shape: PodShape;
  readonly #classes: readonly SizeClass[];
  readonly #total: number;
  readonly #random: Random;
  readonly #specs = new Map<string, PodSpec>();

  /** Everything but the requests comes from `shape`. */
  constructor(shape: PodShape, classes: readonly SizeClass[], random: Random) {
    this.#shape = shape;
    this.#classes = classes;
    this.#total = classes.reduce((sum, { weight }) => sum + weight, 0);
    this.#random = random;
  }

  next(): DrawnSize {
    const index = this.#class();
    const { requests, runTime } = this.#classes[index]!;
    let key = String(index);
    const drawn: [string, string][] = [];
    for (const [resource, amount] of requests) {
      const quantity = typeof amount === 'string' ? amount : this.#draw(resource, amount);
      drawn.push([resource, quantity]);
      key += ` ${quantity}`;
    }
    let spec = this.#specs.get(key);
    if (spec === undefined) this.#specs.set(key, (spec = this.#specOf(this.#classes[index]!, drawn)));
    return { spec, runTime };
  }

  #class(): number {
    let left = this.#random() * this.#total;
    const last = this.#classes.length - 1;
    for (let i = 0; i < last; i++) if ((left -= this.#classes[i]!.weight) < 0) return i;
    return last;
  }

  #draw(resource: string, { of, step, most }: DrawnAmount): string {
    const amount = Math.min(most, Math.ceil(of.sample(this.#random) / step) * step);
    return resource === 'cpu' ? `${amount}m` : String(amount);
  }

  #specOf({ limitsAsRequests, priorityClassName }: SizeClass, drawn: readonly [string, string][]): PodSpec {
    const requests = { ...this.#shape.requests, ...Object.fromEntries(drawn) };
    return podSpec({
      ...this.#shape,
      requests,
      ...(limitsAsRequests && { limits: requests }),
      ...(priorityClassName !== undefined && { priorityClassName }),
    });
  }
}
