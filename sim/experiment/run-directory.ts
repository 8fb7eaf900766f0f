/**
 * The folder of one run: written under a name ending in `.partial`, renamed when complete. A run that was killed
 * leaves only the `.partial` folder; a run that is made again replaces the old folder in one rename.
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

export const PARTIAL = '.partial';

export class RunDirectory {
  /** Where the complete result will lie. */
  readonly path: string;
  readonly #partial: string;
  readonly #open = new Map<string, number>();

  constructor(path: string) {
    this.path = path;
    this.#partial = `${path}${PARTIAL}`;
    rmSync(this.#partial, { recursive: true, force: true });
    mkdirSync(this.#partial, { recursive: true });
  }

  /** Appends text to a file of the run. Environment errors (disk full) are thrown as they are. */
  append(file: string, text: string): void {
    let descriptor = this.#open.get(file);
    if (descriptor === undefined) {
      descriptor = openSync(this.#create(file), 'w');
      this.#open.set(file, descriptor);
    }
    writeSync(descriptor, text);
  }

  write(file: string, content: string | Uint8Array): void {
    writeFileSync(this.#create(file), content);
  }

  /** Makes the result visible under its final name. */
  complete(): void {
    this.close();
    const old = `${this.path}.old`;
    rmSync(old, { recursive: true, force: true });
    if (existsSync(this.path)) renameSync(this.path, old);
    renameSync(this.#partial, this.path);
    rmSync(old, { recursive: true, force: true });
  }

  /** Leaves what was written so far as visibly incomplete. */
  close(): void {
    for (const descriptor of this.#open.values()) closeSync(descriptor);
    this.#open.clear();
  }

  #create(file: string): string {
    const path = join(this.#partial, file);
    mkdirSync(dirname(path), { recursive: true });
    return path;
  }
}
