/**
 * YAML as Kubernetes reads it: version 1.1 with the scalar rules of sigs.k8s.io/yaml (octal `0644`, `on`/`yes` are booleans,
 * `<<` merges; dates and `12:30` stay text), several documents per file. Positions survive into diagnostics.
 */
import {
  type Document,
  isMap,
  isScalar,
  LineCounter,
  type ParsedNode,
  parseAllDocuments,
  type ScalarTag,
} from 'yaml';
import type { Diagnostic, Position } from '../diagnostic.ts';
import { aliasErrors, BAD_ALIAS, plainValue } from './aliases.ts';

export interface YamlFile {
  readonly documents: readonly YamlDocument[];
  readonly diagnostics: readonly Diagnostic[];
}

/** One document that was read without error. */
export interface YamlDocument {
  readonly value: unknown;
  readonly positionOf: (path: readonly (string | number)[], at?: 'key' | 'value') => Position;
}

const digits = (text: string): string => text.replaceAll('_', '');
/** Number text beyond the range of a double stays text, e.g. a commit hash 12e4567. */
const finite = (text: string, value: number): number | string => (Number.isFinite(value) ? value : text);

const scalarTag = (tag: string, test: RegExp, read: (text: string) => number | string): ScalarTag => ({
  tag,
  default: true,
  test,
  resolve: read,
});

const numbers: readonly ScalarTag[] = [
  scalarTag('tag:yaml.org,2002:int', /^[-+]?0o?[0-7_]+$/, (text) =>
    signed(text, (plain) => Number.parseInt(plain.replace(/^0o?/, ''), 8)),
  ),
  scalarTag('tag:yaml.org,2002:int', /^[-+]?0b[01_]+$/, (text) =>
    signed(text, (plain) => Number.parseInt(plain.slice(2), 2)),
  ),
  scalarTag('tag:yaml.org,2002:int', /^[-+]?0x[0-9a-fA-F_]+$/, (text) =>
    signed(text, (plain) => Number.parseInt(plain.slice(2), 16)),
  ),
  scalarTag('tag:yaml.org,2002:int', /^[-+]?[0-9][0-9_]*$/, (text) => signed(text, Number)),
  scalarTag(
    'tag:yaml.org,2002:float',
    /^[-+]?(\.[0-9_]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?$/,
    (text) => finite(text, Number(digits(text))),
  ),
];

function signed(text: string, read: (plain: string) => number): number | string {
  const plain = digits(text).replace(/^[-+]/, '');
  const value = read(plain);
  return finite(text, text.startsWith('-') && value !== 0 ? -value : value);
}

/** Replaced by the rules above, or text to Kubernetes. */
const REPLACED = /:(int|float|timestamp)$/;

const hints: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces; YAML does not allow tabs',
  BAD_INDENT: 'fields of one object start in the same column',
  DUPLICATE_KEY: 'remove one of the two',
  MISSING_CHAR: 'is a colon, quote or bracket missing on this line or the one before?',
  BLOCK_AS_IMPLICIT_KEY: 'a nested field goes on a line of its own, indented',
  MULTILINE_IMPLICIT_KEY: 'is the colon after a field name missing, or full-width (：)?',
  BAD_ALIAS,
};

/** Reads a whole file, all syntax errors collected. `text` must have ordinary blanks (see `ordinaryBlanks`). */
export function readYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    version: '1.1',
    lineCounter: lines,
    prettyErrors: false,
    customTags: (tags) => [
      ...tags.filter((tag) => typeof tag === 'string' || !REPLACED.test(tag.tag)),
      ...numbers,
    ],
  });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const documents: YamlDocument[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const document of Array.isArray(parsed) ? parsed : []) {
    const problems = [...syntaxErrors(document, text, at), ...aliasErrors(document, at)];
    diagnostics.push(...problems);
    if (problems.length > 0) continue;
    const positionOf: YamlDocument['positionOf'] = (path, which = 'value') =>
      at(offsetOf(document, path, which));
    const { value, bomb } = plainValue(document);
    if (bomb === undefined) documents.push({ value, positionOf });
    else diagnostics.push({ ...positionOf([]), ...bomb });
  }
  return { documents, diagnostics };
}

/** One per line: what follows an error on its line is usually its echo. */
function syntaxErrors(
  document: Document.Parsed,
  text: string,
  at: (offset: number) => Position,
): Diagnostic[] {
  const byLine = new Map<number, Diagnostic>();
  for (const error of document.errors) {
    const position = at(error.pos[0]);
    if (byLine.has(position.line)) continue;
    const message = `not valid YAML: ${error.message}`;
    const found = error.code === 'DUPLICATE_KEY' ? /^[^:\s]*/.exec(text.slice(error.pos[0]))?.[0] : undefined;
    byLine.set(position.line, { ...position, severity: 'error', message, found, hint: hints[error.code] });
  }
  return [...byLine.values()];
}

type Parsed = ParsedNode | null | undefined;
const startOf = (node: unknown): number | undefined =>
  typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
    ? Number(node.range[0])
    : undefined;

/** Where the value (or the key) at `path` starts, or else its nearest ancestor that is written there. */
function offsetOf(document: Document, path: readonly (string | number)[], which: 'key' | 'value'): number {
  for (let length = path.length; length > 0; length--) {
    const steps = path.slice(0, length);
    const exact = length === path.length && which === 'value';
    const found = exact ? startOf(document.getIn(steps, true)) : undefined;
    const start = found ?? keyOffset(document, steps) ?? startOf(document.getIn(steps, true));
    if (start !== undefined) return start;
  }
  return startOf(document.contents) ?? 0;
}

function keyOffset(document: Document, path: readonly (string | number)[]): number | undefined {
  const key = path.at(-1);
  const parent = (path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)) as Parsed;
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
  return startOf(pair?.key);
}
