/** A wrong command line in a sentence, with what was probably meant: yargs itself only says that something is wrong. */
import { didYouMean } from '../api/index.ts';
import { UsageError } from '../experiment/errors.ts';

export interface MistakenLine {
  /** As typed, without the program. */
  readonly words: readonly string[];
  /** The command and its arguments, as in its help. */
  readonly usage: string;
  /** Names of options and arguments. */
  readonly known: readonly string[];
}

/** `message`: what yargs says, in English. */
export function explainMistake(message: string, line: MistakenLine): string {
  const help = `see kubedes ${line.usage.replace(/ .*/, '')} --help`;
  return `${explain(message, line)}\n${help}`;
}

function explain(message: string, line: MistakenLine): string {
  const unknown = /^Unknown arguments?: (.*)$/.exec(message)?.[1];
  if (unknown !== undefined) return explainUnknown(unknown.split(', '), line);
  if (/^(Not enough non-option arguments|Missing required argument)/.test(message))
    return `something is missing: kubedes ${line.usage}`;
  if (message.startsWith('Invalid values:'))
    return [...message.matchAll(/Argument: (.*), Given: "(.*?)", Choices: (.*)/g)]
      .map(([, name = '', given = '', choices = '']) => wrongChoice(name, given, choices))
      .join('\n');
  return message;
}

/** Yargs names an option with dashes twice: as typed and in camel case. */
function explainUnknown(unknown: readonly string[], { words, known }: MistakenLine): string {
  const typed = words.map((word) => word.replace(/=.*/s, ''));
  const options = known
    .filter((name) => !unknown.includes(name) && !/[A-Z]/.test(name))
    .map((name) => `--${name}`);
  const sentences = unknown.flatMap((name) => {
    const option = [`--${name}`, `-${name}`].find((form) => typed.includes(form));
    const hint = option === undefined ? undefined : didYouMean(option, options);
    if (option !== undefined) return [`no such option: ${option}${hint === undefined ? '' : ` (${hint})`}`];
    return typed.includes(name) ? [`one argument too many: ${name}`] : [];
  });
  return sentences.length > 0 ? sentences.join('\n') : `not understood: ${unknown.join(', ')}`;
}

function wrongChoice(name: string, given: string, choices: string): string {
  const known = [...choices.matchAll(/"(.*?)"/g)].map(([, choice = '']) => choice);
  return `${name}: no such choice: ${given} (${didYouMean(given, known) ?? `known: ${known.join(', ')}`})`;
}

/** What the parser of yargs knows of the options, by their types. */
interface OptionTypes {
  readonly array: readonly string[];
  readonly string: readonly string[];
  readonly key: Readonly<Record<string, unknown>>;
}

/** All numbers are counts. Yargs lets a number be NaN, a text empty, and an option given twice become a list. Throws UsageError. */
export function checkValues(argv: Readonly<Record<string, unknown>>, options: object): true {
  const { array, string, key } = options as OptionTypes;
  for (const name of Object.keys(key)) {
    const value = argv[name];
    const option = name.length === 1 ? `-${name}` : `--${name}`;
    if (value === '' && string.includes(name)) throw new UsageError(`${option}: expected a value`);
    if (value === false && string.includes(name)) throw new UsageError(`--no-${name}: no such option`);
    if (Array.isArray(value) && !array.includes(name))
      throw new UsageError(`${option}: given more than once`);
    if (typeof value === 'number' && !(Number.isInteger(value) && value >= 0))
      throw new UsageError(`${option}${shown(value)}: expected a whole number from 0 on`);
  }
  return true;
}

/** What has become of a word that is no number, nobody knows. */
const shown = (value: number): string => (Number.isNaN(value) ? '' : ` ${value}`);
