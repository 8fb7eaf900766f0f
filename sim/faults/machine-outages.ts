/** Who keeps a machine down: faults may overlap, it comes back when the last of them is over. */
import type { World } from '../world/index.ts';

export class MachineOutages {
  readonly #world: World;
  readonly #holders = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  begin(machine: string, cause: string): void {
    this.#holders.set(machine, (this.#holders.get(machine) ?? 0) + 1);
    this.#world.crashMachine(machine, cause);
  }

  end(machine: string, cause: string): void {
    const left = (this.#holders.get(machine) ?? 0) - 1;
    if (left > 0) {
      this.#holders.set(machine, left);
      return;
    }
    this.#holders.delete(machine);
    this.#world.recoverMachine(machine, cause);
  }
}
