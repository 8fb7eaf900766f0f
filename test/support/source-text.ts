/** Reads TypeScript source just well enough to find its imports and its words, without a parser. */

export interface SourceFile {
  /** Relative to the project root, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** A slash after one of these begins a regular expression; `!` does not where it asserts that something is not null. */
const BEFORE_REGEX = /(?:^|[(,=:[&|?{};+\-*%<>~^]|(?<![\w\])])!|\b(?:return|typeof|case|in|of))\s*$/;

interface Piece {
  readonly end: number;
  /** What takes its place: same number of line breaks. */
  readonly left: string;
}

/** The text without comments and the contents of strings, templates and regexes; strings become "0", "1", … in `strings`. */
export function codeOnly(text: string, strings: string[] = []): string {
  let code = '';
  for (let i = 0; i < text.length; ) {
    const piece = pieceAt(text, i, code, strings);
    code += piece === undefined ? text[i] : piece.left;
    i = piece?.end ?? i + 1;
  }
  return code;
}

function pieceAt(text: string, at: number, code: string, strings: string[]): Piece | undefined {
  if (text.startsWith('//', at)) return { end: endOf(text, '\n', at), left: '' };
  if (text.startsWith('/*', at)) {
    const end = endOf(text, '*/', at) + 2;
    return { end, left: ` ${lineBreaks(text, at, end)}` };
  }
  const c = text[at];
  if (c === "'" || c === '"') {
    const end = closing(text, c, at);
    return { end, left: `"${strings.push(text.slice(at + 1, end - 1)) - 1}"` };
  }
  if (c === '`') return template(text, at, strings);
  if (c === '/' && BEFORE_REGEX.test(code)) return { end: closing(text, '/', at), left: '""' };
  return undefined;
}

const lineBreaks = (text: string, from: number, to: number): string =>
  text.slice(from, to).replace(/[^\n]/g, '');

function endOf(text: string, what: string, from: number): number {
  const end = text.indexOf(what, from);
  return end < 0 ? text.length : end;
}

/** Just after the quote that closes the one at `at`; brackets hide a slash. */
function closing(text: string, quote: string, at: number): number {
  let bracket = false;
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (quote === '/' && text[i] === '[') bracket = true;
    else if (quote === '/' && text[i] === ']') bracket = false;
    else if (text[i] === quote && !bracket) return i + 1;
  }
  return text.length;
}

/** A template: its text goes, the code between `${` and `}` stays. */
function template(text: string, at: number, strings: string[]): Piece {
  let left = '`';
  let i = at + 1;
  while (i < text.length && text[i] !== '`') {
    if (text.startsWith('${', i)) {
      const end = closingBrace(text, i + 2);
      left += ` ${codeOnly(text.slice(i + 2, end), strings)} `;
      i = end + 1;
    } else {
      if (text[i] === '\n') left += '\n';
      i += text[i] === '\\' ? 2 : 1;
    }
  }
  return { end: i + 1, left: `${left}\`` };
}

function closingBrace(text: string, from: number): number {
  let depth = 0;
  let code = '';
  for (let i = from; i < text.length; ) {
    if (text[i] === '}' && depth === 0) return i;
    const piece = pieceAt(text, i, code, []);
    if (piece === undefined) {
      if (text[i] === '{') depth++;
      if (text[i] === '}') depth--;
    }
    code += piece?.left ?? text[i];
    i = piece?.end ?? i + 1;
  }
  return text.length;
}

export interface Import {
  /** As written: './x.ts', 'node:fs', 'yaml'. */
  readonly specifier: string;
  readonly line: number;
}

const IMPORT = /\b(?:import|export)\b(?:[\s\w{}*,$]*?\bfrom)?\s*\(?\s*"(\d+)"/g;

/** Static, type-only, re-exporting and dynamic imports with a literal specifier. */
export function importsOf(text: string): readonly Import[] {
  const strings: string[] = [];
  const code = codeOnly(text, strings);
  return Array.from(code.matchAll(IMPORT), (match) => ({
    specifier: strings[Number(match[1])]!,
    line: lineAt(code, match.index),
  }));
}

export const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length;

/** The path of the file that a relative specifier names; undefined for packages. */
export function resolveImport(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}
