/** The files that made a run, as a result keeps them. */
import { basename, dirname, relative, sep } from 'node:path';

/** Input paths relative to their common folder, with `/`. */
export function relativeInputs(inputs: ReadonlyMap<string, string>): { path: string; text: string }[] {
  const paths = [...inputs.keys()];
  let root = dirname(paths[0] ?? '.');
  while (!paths.every((path) => path.startsWith(root === sep ? sep : root + sep)) && root !== dirname(root))
    root = dirname(root);
  return paths.map((path) => ({
    path: (relative(root, path) || basename(path)).split(sep).join('/'),
    text: inputs.get(path) ?? '',
  }));
}
