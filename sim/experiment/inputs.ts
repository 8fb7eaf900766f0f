/** The files that made a run, as a result keeps them. */
import { basename, dirname, relative, sep } from 'node:path';

export interface KeptInput {
  /** Relative to the common folder of all inputs, with `/`. */
  readonly path: string;
  readonly text: string;
  /** Where it came from. */
  readonly source: string;
}

/** In the order of the inputs. */
export function relativeInputs(inputs: ReadonlyMap<string, string>): KeptInput[] {
  const paths = [...inputs.keys()];
  let root = dirname(paths[0] ?? '.');
  while (!paths.every((path) => path.startsWith(root === sep ? sep : root + sep)) && root !== dirname(root))
    root = dirname(root);
  return paths.map((path) => ({
    path: (relative(root, path) || basename(path)).split(sep).join('/'),
    text: inputs.get(path) ?? '',
    source: path,
  }));
}
