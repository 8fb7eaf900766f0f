/**
 * Manifests pasted from web pages and word processors carry blanks that look like spaces and are none to YAML: full-width
 * (U+3000), no-break (U+00A0) and their relatives. Where one stands for layout, an ordinary space is meant.
 */

const BLANK = '\\u00a0\\u1680\\u2000-\\u200b\\u202f\\u205f\\u2060\\u3000\\ufeff';
const ANY = new RegExp(`[${BLANK}]`);
const EACH = new RegExp(`[${BLANK}]`, 'g');
/** Indentation and list dashes, with at least one odd blank among them. */
const INDENT = new RegExp(`^[ ${BLANK}]*(?:-[ ${BLANK}]+)*`);
/** A key and the blanks after its colon. */
const AFTER_KEY = new RegExp(
  `^((?:"[^"]*"|'[^']*'|[^\\s#'":${BLANK}][^#'":${BLANK}]*)[ ${BLANK}]*:)([ ${BLANK}]+)`,
);
const BLOCK_SCALAR = /(^|[\s:-])[|>][-+0-9]*\s*(#.*)?$/;

/** 0-based; -1 if there is none. */
export const firstOddBlank = (line: string): number => line.search(ANY);

export interface OrdinaryText {
  /** Same lines and columns as the original, so that positions hold; byte-order marks are gone. */
  readonly text: string;
  /** 1-based lines on which blanks were replaced. */
  readonly lines: readonly number[];
}

/**
 * Replaces odd blanks in the layout of YAML; quoted text, block scalars, comments and the inside of values stay as they are. A
 * byte-order mark at the start of a line, where files were joined, is no blank and takes no column.
 */
export function ordinaryBlanks(marked: string): OrdinaryText {
  const text = marked.replace(/^\ufeff/gm, '');
  if (!ANY.test(text)) return { text, lines: [] };
  const changed: number[] = [];
  let blockIndent = -1;
  const lines = text.split('\n').map((line, index) => {
    const indent = line.length - line.trimStart().length;
    if (blockIndent >= 0 && (line.trim() === '' || indent > blockIndent)) return line;
    const result = ANY.test(line) ? layoutOf(line) : line;
    if (result !== line) changed.push(index + 1);
    blockIndent = BLOCK_SCALAR.test(result) ? indent : -1;
    return result;
  });
  return { text: lines.join('\n'), lines: changed };
}

const toSpaces = (text: string): string => text.replace(EACH, ' ');

function layoutOf(line: string): string {
  const start = INDENT.exec(line)?.[0] ?? '';
  let done = toSpaces(start);
  let rest = line.slice(start.length);
  const key = AFTER_KEY.exec(rest);
  if (key !== null) {
    const [all, name = '', blanks = ''] = key;
    done += toSpaces(name) + toSpaces(blanks);
    rest = rest.slice(all.length);
  }
  return done + beforeComment(rest);
}

/** Blanks before `#` or the end of the line, outside quotes. */
function beforeComment(text: string): string {
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? '';
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if ((char === '"' || char === "'") && (i === 0 || /[\s,[{:]/.test(text[i - 1] ?? '')))
      quote = char;
    else if (/\s/.test(char) || ANY.test(char)) {
      const blanks = /^[^\S\n]*/.exec(text.slice(i).replace(EACH, ' '))?.[0].length ?? 1;
      const next = text[i + blanks];
      if (next === undefined || next === '#')
        return text.slice(0, i) + toSpaces(text.slice(i, i + blanks)) + text.slice(i + blanks);
      i += blanks - 1;
    }
  }
  return text;
}
