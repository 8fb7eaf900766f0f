/** Chains of watches: what a walk meets while watches come and go, and what adding costs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSelection } from '../../sim/apiserver/selection.ts';
import { WatchChain } from '../../sim/apiserver/trigger-values.ts';
import { Watch } from '../../sim/apiserver/watch.ts';

const newWatch = (): Watch => {
  const parsed = parseSelection({ resource: 'pods' });
  if (!parsed.ok) throw parsed.error;
  return new Watch(parsed.selection, { onList: () => {}, onEvent: () => {} });
};

interface Link {
  next: Link | undefined;
}

/** Naive twin: the watches in order, each removed one with whoever was behind it. */
class NaiveChain {
  readonly #links: Link[] = [];

  get first(): Link | undefined {
    return this.#links[0];
  }

  add(link: Link): void {
    const last = this.#links.at(-1);
    if (last !== undefined) last.next = link;
    this.#links.push(link);
  }

  remove(link: Link): void {
    const index = this.#links.indexOf(link);
    const before = this.#links[index - 1];
    if (before !== undefined) before.next = link.next;
    this.#links.splice(index, 1);
  }
}

describe('a chain of watches', () => {
  it('leads a walk past the same watches as its naive twin, whatever comes and goes meanwhile', () => {
    const step = fc.oneof(
      fc.record({ op: fc.constant('remove' as const), which: fc.nat() }),
      fc.constantFrom({ op: 'add' as const }, { op: 'walk' as const }, { op: 'start' as const }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const [chain, naive] = [new WatchChain(), new NaiveChain()];
        const links: Link[] = [];
        const watches: Watch[] = [];
        const numbers = new Map<Watch | Link, number>();
        const numberOf = (at: Watch | Link | undefined) => at && numbers.get(at);
        let walk: { watch: Watch | undefined; link: Link | undefined } = {
          watch: undefined,
          link: undefined,
        };
        for (const each of steps) {
          if (each.op === 'add') {
            const [watch, link] = [newWatch(), { next: undefined }];
            const number = numbers.size;
            numbers.set(watch, number).set(link, number);
            chain.add(watch);
            naive.add(link);
            watches.push(watch);
            links.push(link);
          } else if (each.op === 'remove' && watches.length > 0) {
            const index = each.which % watches.length;
            for (const watch of watches.splice(index, 1)) chain.remove(watch);
            for (const link of links.splice(index, 1)) naive.remove(link);
          } else if (each.op === 'start') walk = { watch: chain.first, link: naive.first };
          else walk = { watch: walk.watch?.next, link: walk.link?.next };
          expect(numberOf(walk.watch)).toBe(numberOf(walk.link));
        }
        const left: (number | undefined)[] = [];
        for (let watch = chain.first; watch !== undefined; watch = watch.next) left.push(numberOf(watch));
        expect(left).toEqual(links.map(numberOf));
      }),
      { seed: 20261130, numRuns: 500 },
    );
  });

  it('takes up another at the same cost, however long it is', () => {
    let looks = 0;
    const counting: ProxyHandler<Watch> = {
      get(watch, property) {
        looks++;
        return Reflect.get(watch, property, watch);
      },
    };
    const chain = new WatchChain();
    for (let i = 0; i < 1000; i++) chain.add(new Proxy(newWatch(), counting));
    expect(looks).toBeLessThanOrEqual(1000);
  });
});
