/** Reading plugin arguments and configuration: every mistake is collected with its path, then reported together. */
import { didYouMean, isRecord } from '../../api/index.ts';

export interface ConfigurationProblem {
  /** Where, e.g. `profiles[0].plugins.score.enabled[1].weight`. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string | undefined;
  /** It is read all the same, but hardly as meant. */
  readonly warning?: boolean | undefined;
}

/** The user's configuration is wrong; lists everything that is. */
export class ConfigurationError extends Error {
  readonly problems: readonly ConfigurationProblem[];

  constructor(problems: readonly ConfigurationProblem[]) {
    super(problems.map(describeProblem).join('\n'));
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

const describeProblem = ({ path, message, hint }: ConfigurationProblem): string =>
  `${path}: ${message}${hint === undefined ? '' : ` (${hint})`}`;

/** Which of the known words was meant, or what there is. */
export function hintFor(word: string, known: Iterable<string>): string {
  const words = [...known].sort();
  return didYouMean(word, words) ?? `known here: ${words.join(', ')}`;
}

type Fields = Readonly<Record<string, unknown>>;

const show = (value: unknown): string => JSON.stringify(value) ?? String(value);

/** One object of the configuration; fields not asked for are reported by `finish`. */
export class ArgsReader {
  readonly path: string;
  readonly problems: ConfigurationProblem[];
  readonly #fields: Fields;
  readonly #asked = new Set<string>(['apiVersion', 'kind']);

  constructor(value: unknown, path: string, problems: ConfigurationProblem[] = []) {
    this.path = path;
    this.problems = problems;
    this.#fields = isRecord(value) ? value : {};
    if (value !== undefined && !isRecord(value)) this.report('', `expected an object, found ${show(value)}`);
  }

  report(field: string, message: string, hint?: string): void {
    this.problems.push({ path: this.#at(field), message, hint });
  }

  warn(field: string, message: string, hint: string): void {
    this.problems.push({ path: this.#at(field), message, hint, warning: true });
  }

  has(field: string): boolean {
    return this.raw(field) !== undefined;
  }

  raw(field: string): unknown {
    this.#asked.add(field);
    return this.#fields[field] ?? undefined;
  }

  /** `max`: the largest int32 by default, as most of upstream's fields are. */
  integer(field: string, absent: number, min: number, max = 2 ** 31 - 1): number {
    const value = this.raw(field);
    if (value === undefined) return absent;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    this.report(field, `Invalid value: ${show(value)}: not in valid range [${min}-${max}]`);
    return absent;
  }

  boolean(field: string, absent: boolean): boolean {
    const value = this.raw(field);
    if (value === undefined) return absent;
    if (typeof value === 'boolean') return value;
    this.report(field, `expected true or false, found ${show(value)}`);
    return absent;
  }

  text(field: string, absent: string): string {
    const value = this.raw(field);
    if (value === undefined) return absent;
    if (typeof value === 'string') return value;
    this.report(field, `expected a string, found ${show(value)}`);
    return absent;
  }

  oneOf<const V extends string>(field: string, absent: V, values: readonly V[]): V {
    const value = this.raw(field);
    if (value === undefined) return absent;
    const known = values.find((candidate) => candidate === value);
    if (known !== undefined) return known;
    this.report(
      field,
      `Unsupported value: ${show(value)}: supported values: ${values.map(show).join(', ')}`,
      typeof value === 'string' ? didYouMean(value, values) : undefined,
    );
    return absent;
  }

  texts(field: string): readonly string[] {
    return this.#list(field).filter((item, i): item is string => {
      if (typeof item === 'string') return true;
      this.report(`${field}[${i}]`, `expected a string, found ${show(item)}`);
      return false;
    });
  }

  /** Undefined if absent. */
  object(field: string): ArgsReader | undefined {
    const value = this.raw(field);
    return value === undefined ? undefined : new ArgsReader(value, this.#at(field), this.problems);
  }

  objects(field: string): readonly ArgsReader[] {
    return this.#list(field).map(
      (item, i) => new ArgsReader(item, this.#at(`${field}[${i}]`), this.problems),
    );
  }

  /** Reports fields that nobody asked for. */
  unknownFields(): void {
    for (const field of Object.keys(this.#fields))
      if (!this.#asked.has(field)) this.report(field, `unknown field ${show(field)}`, this.#known(field));
  }

  #known(field: string): string {
    return hintFor(
      field,
      [...this.#asked].filter((known) => known !== 'apiVersion' && known !== 'kind'),
    );
  }

  /** Throws ConfigurationError if anything was wrong. */
  finish(): void {
    this.unknownFields();
    if (this.problems.length > 0) throw new ConfigurationError(this.problems);
  }

  #list(field: string): readonly unknown[] {
    const value = this.raw(field);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    this.report(field, `expected a list, found ${show(value)}`);
    return [];
  }

  #at(field: string): string {
    if (field === '') return this.path;
    return this.path === '' ? field : `${this.path}.${field}`;
  }
}
