/** What a shell may put in place of the word at the cursor. */
import { loadRegistries } from '../registries.ts';

type Defaults = (done: (error: Error | null, words: string[] | undefined) => void) => void;
type Complete = (current: string, argv: unknown, defaults: Defaults, done: (words: string[]) => void) => void;

/**
 * For a line of `words`, the last of which is the current one: names of policies and proxy modes, one after the other behind
 * commas; else what yargs knows of commands and options.
 */
export const completionOf =
  (words: readonly string[]): Complete =>
  (current, _argv, defaults, done) => {
    const names = namesFor(words.at(-2));
    const before = current.slice(0, current.lastIndexOf(',') + 1);
    if (names === undefined) defaults((_error, known) => done(known ?? []));
    else done(names.map((name) => before + name).filter((word) => word.startsWith(current)));
  };

function namesFor(option: string | undefined): string[] | undefined {
  if (option === '--policies') return [...loadRegistries().profiles.keys()];
  if (option === '--proxies') return [...loadRegistries().proxies.keys()];
  return undefined;
}
