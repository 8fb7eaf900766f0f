/** Colours for each stream by itself: one may be a terminal and the other a file. */
import pc from 'picocolors';

/** Never with NO_COLOR (no-color.org), always with FORCE_COLOR (0: never), else on a terminal that can. */
export function wantsColours({ isTTY }: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  const { NO_COLOR = '', FORCE_COLOR = '', TERM } = env;
  if (NO_COLOR !== '') return false;
  return FORCE_COLOR === '' ? isTTY === true && TERM !== 'dumb' : FORCE_COLOR !== '0';
}

export const onStdout = pc.createColors(wantsColours(process.stdout, process.env));
export const onStderr = pc.createColors(wantsColours(process.stderr, process.env));
