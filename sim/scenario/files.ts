/** Where a scenario and the files it names are read from: a folder, or the inputs kept with a result. */

export interface FileSource {
  /** The text of a file (gzipped ones unpacked); undefined if there is none. `path` is as resolved by `resolve`. */
  read(path: string): string | undefined;
  /** `reference` as written in the file `from`. */
  resolve(from: string, reference: string): string;
  /** How the user knows the file. */
  show(path: string): string;
}

/** A source that reads each file once, as a pipe can be, and remembers it, so that a result can keep its inputs. */
export class RecordingFiles implements FileSource {
  readonly #files: FileSource;
  readonly #read = new Map<string, string>();

  constructor(files: FileSource) {
    this.#files = files;
  }

  read(path: string): string | undefined {
    const text = this.#read.get(path) ?? this.#files.read(path);
    if (text !== undefined) this.#read.set(path, text);
    return text;
  }

  resolve(from: string, reference: string): string {
    return this.#files.resolve(from, reference);
  }

  show(path: string): string {
    return this.#files.show(path);
  }

  /** Path and text of every file read so far, in order of first reading. */
  get files(): ReadonlyMap<string, string> {
    return this.#read;
  }
}
