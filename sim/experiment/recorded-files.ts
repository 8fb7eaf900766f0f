/** The files of a finished result as a place to write a run to that is made again: compared while it is written, nothing kept. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { RunOutput } from './recording.ts';

export class RecordedFiles implements RunOutput {
  readonly path: string;
  readonly partial = undefined;
  readonly #files = new Map<string, RecordedFile>();

  constructor(path: string) {
    this.path = path;
  }

  append(file: string, text: string): void {
    let recorded = this.#files.get(file);
    if (recorded === undefined) this.#files.set(file, (recorded = new RecordedFile(join(this.path, file))));
    recorded.expect(text);
  }

  /** Inputs, trail and manifest are compared by what is in them. */
  write(): void {}

  complete(): void {
    for (const file of this.#files.values()) file.expectEnd();
    this.abandon();
  }

  abandon(): void {
    for (const file of this.#files.values()) file.close();
  }

  /** 1 is the first; undefined if all that was written is as recorded. */
  firstDifferentLine(file: string): number | undefined {
    const recorded = this.#files.get(file);
    return recorded === undefined ? 1 : recorded.differentLine;
  }
}

const LINE_FEED = 10;

class RecordedFile {
  /** Of the first byte that is not as expected. */
  differentLine: number | undefined;
  #descriptor: number | undefined;
  #line = 1;

  constructor(path: string) {
    if (existsSync(path)) this.#descriptor = openSync(path, 'r');
    else this.differentLine = 1;
  }

  expect(text: string): void {
    if (this.differentLine !== undefined) return;
    const expected = Buffer.from(text);
    const found = this.#read(expected.length);
    for (let at = 0; at < expected.length; at++) {
      if (found[at] !== expected[at]) {
        this.differentLine = this.#line;
        return;
      }
      if (found[at] === LINE_FEED) this.#line++;
    }
  }

  expectEnd(): void {
    if (this.differentLine === undefined && this.#read(1).length > 0) this.differentLine = this.#line;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  /** Fewer bytes only at the end of the file. */
  #read(length: number): Buffer {
    const bytes = Buffer.alloc(length);
    const count = this.#descriptor === undefined ? 0 : readSync(this.#descriptor, bytes);
    return bytes.subarray(0, count);
  }
}
