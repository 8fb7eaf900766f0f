/** The tree of failure domains: zone → rack → node. What shares a domain fails together. */
import type { Machine, World } from '../world/index.ts';

export type DomainLevel = 'zone' | 'rack' | 'node';

export class FailureDomains {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Names of the domains of a level that hold at least one machine that `includes` accepts, in order of first appearance. */
  names(level: DomainLevel, includes: (machine: Machine) => boolean = () => true): readonly string[] {
    const names = new Set<string>();
    for (const machine of this.#world.machines()) if (includes(machine)) names.add(domainOf(machine, level));
    names.delete('');
    return [...names];
  }

  /** Machines of a domain, in order of registration. */
  machines(level: DomainLevel, name: string): readonly Machine[] {
    return [...this.#world.machines()].filter((machine) => domainOf(machine, level) === name);
  }
}

/** The domain of a level that a machine belongs to; empty if it has none. */
export function domainOf(machine: Machine, level: DomainLevel): string {
  switch (level) {
    case 'zone':
      return machine.zone;
    case 'rack':
      return machine.rack;
    case 'node':
      return machine.name;
  }
}
