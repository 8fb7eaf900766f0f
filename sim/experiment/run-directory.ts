/**
 * The folder of one run: written under a name ending in `.partial`, renamed when complete. A run that was killed
 * leaves only the `.partial` folder; a run that is made again replaces the old folder in one rename.
 */
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const PARTIAL = '.partial';

/** Disk full, no permission, a file in the way: the result cannot be written. */
export class ResultNotWritten extends Error {
  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message.replace(/, \w+( '.*')?$/, '') : String(cause);
    super(`cannot write ${path}: ${reason}; there is no complete result`, { cause });
    this.name = 'ResultNotWritten';
  }
}

/** What cannot be done throws ResultNotWritten. */
export class RunDirectory {
  /** Where the complete result will lie. */
  readonly path: string;
  /** Where it lies until then. */
  readonly partial: string;
  readonly #open = new Map<string, number>();

  constructor(path: string) {
    this.path = path;
    this.partial = `${path}${PARTIAL}`;
    this.#attempt(this.partial, () => {
      rmSync(this.partial, { recursive: true, force: true });
      mkdirSync(this.partial, { recursive: true });
    });
  }

  /** Appends the text to a file of the run. */
  append(file: string, text: string): void {
    this.#attempt(join(this.partial, file), (path) => {
      let descriptor = this.#open.get(file);
      if (descriptor === undefined) {
        mkdirSync(dirname(path), { recursive: true });
        this.#open.set(file, (descriptor = openSync(path, 'w')));
      }
      // Unlike writeSync, this goes on until everything is written.
      writeFileSync(descriptor, text);
    });
  }

  write(file: string, content: string | Uint8Array): void {
    this.#attempt(join(this.partial, file), (path) => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    });
  }

  /** Makes the result visible under its final name. */
  complete(): void {
    this.#close();
    const old = `${this.path}.old`;
    this.#attempt(this.path, () => {
      rmSync(old, { recursive: true, force: true });
      if (existsSync(this.path)) renameSync(this.path, old);
      renameSync(this.partial, this.path);
      rmSync(old, { recursive: true, force: true });
    });
  }

  /** Leaves what was written so far as visibly incomplete; does not throw. */
  abandon(): void {
    for (const descriptor of this.#open.values()) {
      try {
        closeSync(descriptor);
      } catch {
        // It is incomplete anyway.
      }
    }
    this.#open.clear();
  }

  #close(): void {
    for (const [file, descriptor] of this.#open) {
      this.#open.delete(file);
      this.#attempt(join(this.partial, file), () => closeSync(descriptor));
    }
  }

  #attempt(path: string, act: (path: string) => void): void {
    try {
      act(path);
    } catch (error) {
      throw error instanceof ResultNotWritten ? error : new ResultNotWritten(path, error);
    }
  }
}
