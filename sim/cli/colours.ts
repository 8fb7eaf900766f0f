/** Colours for each stream by itself: one may be a terminal and the other a file. */
import pc from 'picocolors';

/** Only on a terminal that can, and never with NO_COLOR (no-color.org). */
export const wantsColours = ({ isTTY }: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean =>
  isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';

export const onStdout = pc.createColors(wantsColours(process.stdout, process.env));
export const onStderr = pc.createColors(wantsColours(process.stderr, process.env));
