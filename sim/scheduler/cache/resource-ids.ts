/** Resource names as column numbers: cpu, memory and ephemeral storage first, then scalar resources as they appear. */
import { CPU, EPHEMERAL_STORAGE, MEMORY } from '../../api/index.ts';
import { Dictionary } from './dictionary.ts';

export const CPU_ID = 0;
export const MEMORY_ID = 1;
export const EPHEMERAL_ID = 2;
/** The first scalar resource; smaller ids are the three above. */
export const FIRST_SCALAR_ID = 3;

export class ResourceIds {
  readonly #scalars = new Dictionary();

  /** The column of a resource, given on first sight; `pods` has none and must not be asked for. */
  idOf(name: string): number {
    if (name === CPU) return CPU_ID;
    if (name === MEMORY) return MEMORY_ID;
    if (name === EPHEMERAL_STORAGE) return EPHEMERAL_ID;
    return FIRST_SCALAR_ID - 1 + this.#scalars.intern(name);
  }

  nameOf(id: number): string {
    if (id === CPU_ID) return CPU;
    if (id === MEMORY_ID) return MEMORY;
    if (id === EPHEMERAL_ID) return EPHEMERAL_STORAGE;
    return this.#scalars.textOf(id - FIRST_SCALAR_ID + 1);
  }

  /** One more than the largest id. */
  get size(): number {
    return FIRST_SCALAR_ID - 1 + this.#scalars.size;
  }
}
