/** The query-string form of label selectors, as in `labelSelector=` and `kubectl -l` (Kubernetes v1.36, labels.Parse). */
import { labelValueProblems, qualifiedNameProblems } from './names.ts';
import { parseInt64, Requirement, SELECT_EVERYTHING, Selector } from './selectors.ts';

export interface SelectorError {
  readonly error: string;
}

const TOKEN = /\s*(==|!=|[!=<>(),]|[^\s!=<>(),]+)/y;
const SPECIAL = new Set(['==', '!=', '!', '=', '<', '>', '(', ')', ',']);

function tokenise(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) tokens.push(match[1] ?? '');
  return tokens;
}

class Problem extends Error {}

/** Never throws; the error names what was found and what was expected. An empty text selects everything. */
export function parseSelector(text: string): Selector | SelectorError {
  try {
    const requirements = new Parser(tokenise(text)).requirements();
    return requirements.length === 0 ? SELECT_EVERYTHING : new Selector(requirements);
  } catch (problem) {
    if (problem instanceof Problem) return { error: `unable to parse requirement: ${problem.message}` };
    throw problem;
  }
}

class Parser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  requirements(): Requirement[] {
    const found: Requirement[] = [];
    if (this.#tokens.length === 0) return found;
    for (;;) {
      found.push(this.#requirement());
      const next = this.#take();
      if (next === '') return found;
      if (next !== ',') throw new Problem(`found '${next}', expected: ',' or 'end of string'`);
      if (this.#peek() === '') throw new Problem("found '', expected: identifier after ','");
    }
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? '';
  }

  #take(): string {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #requirement(): Requirement {
    if (this.#peek() === '!') {
      this.#take();
      return new Requirement(this.#key(), 'DoesNotExist');
    }
    const key = this.#key();
    const operator = this.#peek();
    if (operator === '' || operator === ',') return new Requirement(key, 'Exists');
    this.#take();
    return this.#withOperator(key, operator);
  }

  #withOperator(key: string, operator: string): Requirement {
    switch (operator) {
      case 'in':
        return new Requirement(key, 'In', this.#set());
      case 'notin':
        return new Requirement(key, 'NotIn', this.#set());
      case '=':
      case '==':
        return new Requirement(key, 'In', [this.#value()], true);
      case '!=':
        return new Requirement(key, 'NotIn', [this.#value()], true);
      case '>':
      case '<':
        return this.#bound(key, operator);
      default:
        throw new Problem(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
    }
  }

  #key(): string {
    const key = this.#take();
    if (key === '' || SPECIAL.has(key))
      throw new Problem(`found '${key}', expected: !, identifier, or 'end of string'`);
    const problem = qualifiedNameProblems(key)[0];
    if (problem !== undefined) throw new Problem(`<nil>: Invalid value: ${JSON.stringify(key)}: ${problem}`);
    return key;
  }

  /** The right-hand side of `=`; nothing at all stands for the empty value. */
  #value(): string {
    const next = this.#peek();
    if (next === '' || next === ',') return '';
    if (SPECIAL.has(next)) throw new Problem(`found '${next}', expected: identifier`);
    return this.#checked(this.#take());
  }

  #bound(key: string, operator: '<' | '>'): Requirement {
    const value = this.#value();
    if (parseInt64(value) === undefined) {
      throw new Problem(
        `values[0][${key}]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`,
      );
    }
    return new Requirement(key, operator === '>' ? 'Gt' : 'Lt', [value]);
  }

  #set(): string[] {
    const open = this.#take();
    if (open !== '(') throw new Problem(`found '${open}' expected: '('`);
    const values: string[] = [];
    for (;;) {
      const next = this.#take();
      if (next === ')' || next === ',') values.push('');
      else if (next === '' || SPECIAL.has(next))
        throw new Problem(`found '${next}', expected: ',', or identifier`);
      else values.push(this.#checked(next));
      if (next === ')') return values;
      if (next === ',') continue;
      const separator = this.#take();
      if (separator === ')') return values;
      if (separator !== ',') throw new Problem(`found '${separator}', expected: ',' or ')'`);
      if (this.#peek() === ')') continue;
    }
  }

  #checked(value: string): string {
    const problem = labelValueProblems(value)[0];
    if (problem !== undefined)
      throw new Problem(`<nil>: Invalid value: ${JSON.stringify(value)}: ${problem}`);
    return value;
  }
}
