/**
 * The folder of one run: written under a name ending in `.partial`, renamed when complete. A run that was killed
 * leaves only the `.partial` folder, which the next run into the same folder takes over. Of two that write at once, in whatever
 * processes, the one that began later has it; the other fails at its next file.
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from './make-folder.ts';
import type { RunOutput } from './recording.ts';

export const PARTIAL = '.partial';

/** Says whose an incomplete folder is. */
const OWNER = '.owner';

/** Disk full, no permission, something in the way: the result cannot be written. */
export class ResultNotWritten extends Error {
  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message.replace(/, \w+( '.*')?$/, '') : String(cause);
    super(`cannot write ${path}: ${reason}; there is no complete result`, { cause });
    this.name = 'ResultNotWritten';
  }
}

/** What cannot be done throws ResultNotWritten. */
export class RunDirectory implements RunOutput {
  /** Where the complete result will lie. */
  readonly path: string;
  /** Where it lies until then. */
  readonly partial: string;
  readonly #open = new Map<string, number>();
  readonly #id = randomUUID();

  constructor(path: string) {
    this.path = path;
    this.partial = `${path}${PARTIAL}`;
    this.#attempt(this.partial, () => {
      makeFolder(dirname(this.partial));
      if (existsSync(this.partial)) rmSync(this.#aside(this.partial), { recursive: true, force: true });
      mkdirSync(this.partial);
      writeFileSync(join(this.partial, OWNER), this.#id);
    });
  }

  /** Appends the text to a file of the run. */
  append(file: string, text: string): void {
    this.#attempt(join(this.partial, file), (path) => {
      let descriptor = this.#open.get(file);
      if (descriptor === undefined) {
        this.#checkOwner();
        this.#open.set(file, (descriptor = openSync(path, 'wx')));
      }
      // Unlike writeSync, this goes on until everything is written.
      writeFileSync(descriptor, text);
    });
  }

  write(file: string, content: string | Uint8Array): void {
    this.#attempt(join(this.partial, file), (path) => {
      this.#checkOwner();
      makeFolder(dirname(path));
      writeFileSync(path, content);
    });
  }

  /** Makes the result visible under its final name, in the place of an older one. */
  complete(): void {
    this.#close();
    this.#attempt(this.path, () => {
      this.#checkOwner();
      rmSync(join(this.partial, OWNER));
      const old = existsSync(this.path) ? this.#aside(this.path) : undefined;
      try {
        renameSync(this.partial, this.path);
      } catch (error) {
        if (old !== undefined) renameSync(old, this.path);
        throw error;
      }
      if (old !== undefined) rmSync(old, { recursive: true, force: true });
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

  /** In one step, to a name that nothing else has and that no result has. */
  #aside(folder: string): string {
    const aside = `${folder}.${this.#id}${PARTIAL}`;
    renameSync(folder, aside);
    return aside;
  }

  #checkOwner(): void {
    const owner = join(this.partial, OWNER);
    if (!existsSync(owner) || readFileSync(owner, 'utf8') !== this.#id)
      throw new Error('another run into the same folder has begun since');
  }

  #attempt(path: string, act: (path: string) => void): void {
    try {
      act(path);
    } catch (error) {
      throw error instanceof ResultNotWritten ? error : new ResultNotWritten(path, error);
    }
  }
}
