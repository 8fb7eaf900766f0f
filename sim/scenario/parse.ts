/** Scenario text → validated scenario, with every mistake at its position in the file. */
import { type Document, isMap, LineCounter, type Pair, parseDocument } from 'yaml';
import type * as z from 'zod';
import {
  aliasErrors,
  type Diagnostic,
  didYouMean,
  type Position,
  plainValue,
  sortDiagnostics,
} from '../api/index.ts';
import { type Scenario, scenarioSchema } from './schema/scenario.ts';

export interface ParsedScenario {
  /** Undefined if there was an error. */
  readonly scenario: Scenario | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** Where a value of the scenario stands in the file. */
  readonly positionOf: (path: readonly PropertyKey[]) => Position;
}

/** Values set from outside, by path (`network.proxyMode`, `cluster.nodes.0.count`). */
export type Settings = Readonly<Record<string, unknown>>;

export function parseScenario(file: string, text: string, settings: Settings = {}): ParsedScenario {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', prettyErrors: false });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const positionOf = (path: readonly PropertyKey[]) => at(offsetOf(document, path));
  const syntax: Diagnostic[] = document.errors.map((error) => ({
    severity: 'error',
    ...at(error.pos[0]),
    message: error.message,
  }));
  const diagnostics = [...syntax, ...aliasErrors(document, at)];
  if (diagnostics.length > 0) return { scenario: undefined, diagnostics, positionOf };
  for (const [path, value] of Object.entries(settings)) document.setIn(toPath(path), value);

  const { value, bomb } = plainValue(document);
  if (bomb !== undefined)
    return { scenario: undefined, diagnostics: [{ ...positionOf([]), ...bomb }], positionOf };
  const result = scenarioSchema.safeParse(value);
  if (result.success) return { scenario: result.data, diagnostics, positionOf };
  for (const issue of flatten(result.error.issues))
    diagnostics.push(...describeIssue(issue, value, document, at));
  return { scenario: undefined, diagnostics: sortDiagnostics(diagnostics), positionOf };
}

/** `a.b.0.c` → ['a', 'b', 0, 'c']. */
export const toPath = (path: string): (string | number)[] =>
  path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));

type Issue = z.core.$ZodIssue;

/** A failed union is told by its closest branch: the one whose own keys the writer used. */
function flatten(issues: readonly Issue[], prefix: readonly PropertyKey[] = []): Issue[] {
  return issues.flatMap((issue): Issue[] => {
    const path = [...prefix, ...issue.path];
    if (issue.code !== 'invalid_union') return [{ ...issue, path }];
    const branches = issue.errors.map((branch) => ({ branch, misfit: branch.filter(isMisfit).length }));
    const best = branches.toSorted((a, b) => a.misfit - b.misfit || a.branch.length - b.branch.length)[0];
    if (best === undefined || best.misfit > 0) return [{ ...issue, path }];
    return flatten(best.branch, path);
  });
}

/** The value has not the shape of the branch: another type, a missing key or a key that it does not know. */
const isMisfit = (issue: Issue): boolean =>
  issue.path.length === 0 ||
  (issue.path.length === 1 && issue.code === 'invalid_type' && issue.input === undefined);

function describeIssue(
  issue: Issue,
  root: unknown,
  document: Document,
  at: (offset: number) => Position,
): Diagnostic[] {
  const where = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      severity: 'error' as const,
      ...at(keyOffset(document, issue.path, key)),
      message: `unknown field ${where === '' ? key : `${where}.${key}`}`,
      ...hintFor(key, knownKeys(issue.path)),
    }));
  }
  const found = valueAt(root, issue.path);
  const expected = expectedBy(issue);
  return [
    {
      severity: 'error',
      ...at(offsetOf(document, issue.path)),
      message: found === undefined ? `${where}: required` : `${where}: ${messageOf(issue, expected)}`,
      ...(found === undefined ? { expected } : { found: JSON.stringify(found) }),
      ...(issue.code === 'invalid_union' && hintForKeys(found, knownKeys(issue.path))),
    },
  ];
}

/** zod's own words name types of a program, and of a union tell nothing. */
const messageOf = ({ message }: Issue, expected: string): string =>
  message.startsWith(UNTOLD) ? `expected ${expected}` : message;

const UNTOLD = 'Invalid input';

/** In words: a type, a value, or what the schema says. */
function expectedBy(issue: Issue): string {
  if (issue.code === 'invalid_union' && issue.message === UNTOLD) {
    const branches = issue.errors.flatMap(([first]) => (first === undefined ? [] : [expectedBy(first)]));
    return [...new Set(branches)].join(' or ');
  }
  if (issue.code === 'invalid_type') return TYPES[issue.expected] ?? issue.expected;
  return issue.message.replace(/^(Invalid input: )?expected /, '');
}

const TYPES: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'an integer',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

function hintFor(key: string, known: readonly string[]): { hint?: string } {
  const meant = didYouMean(key, known);
  if (meant !== undefined) return { hint: meant };
  return known.length === 0 ? {} : { hint: `known here: ${known.join(', ')}` };
}

/** A value that is of no branch: perhaps a key of it is misspelt. */
function hintForKeys(found: unknown, known: readonly string[]): { hint?: string } {
  if (typeof found !== 'object' || found === null) return {};
  const odd = Object.keys(found).find((key) => !known.includes(key));
  const meant = odd === undefined ? undefined : didYouMean(odd, known);
  return meant === undefined ? {} : { hint: meant };
}

/** The keys that the schema knows at a path; of a union, those of all its branches. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let schemas: Schema[] = [scenarioSchema];
  for (const part of path) schemas = schemas.flatMap(expand).flatMap((schema) => child(schema, part));
  return [...new Set(schemas.flatMap(expand).flatMap((schema) => Object.keys(schema.def.shape ?? {})))];
}

interface Schema {
  readonly def: {
    readonly type: string;
    readonly shape?: Readonly<Record<string, Schema>>;
    readonly element?: Schema;
    readonly innerType?: Schema;
    readonly options?: readonly Schema[];
    readonly valueType?: Schema;
    readonly getter?: () => Schema;
  };
}

function expand(schema: Schema): Schema[] {
  const { innerType, options, getter } = schema.def;
  if (innerType !== undefined) return expand(innerType);
  if (getter !== undefined) return expand(getter());
  if (options !== undefined) return options.flatMap(expand);
  return [schema];
}

function child(schema: Schema, part: PropertyKey): Schema[] {
  const next = schema.def.element ?? schema.def.valueType ?? schema.def.shape?.[String(part)];
  return next === undefined ? [] : [next];
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

/** Offset of the node at `path`, or of its nearest ancestor that is written in the file. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (hasRange(node)) return node.range[0];
  }
  return hasRange(document.contents) ? document.contents.range[0] : 0;
}

function keyOffset(document: Document, path: readonly PropertyKey[], key: string): number {
  const map: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isMap(map)) {
    const pair = map.items.find((item: Pair) => String(item.key) === key);
    if (pair !== undefined && hasRange(pair.key)) return pair.key.range[0];
  }
  return offsetOf(document, path);
}

const hasRange = (node: unknown): node is { range: [number, number, number] } =>
  typeof node === 'object' && node !== null && Array.isArray((node as { range?: unknown }).range);
