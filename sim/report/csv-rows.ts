/** Reads a CSV file block by block, so that millions of rows need no more memory than one block. */
import { closeSync, openSync, readSync } from 'node:fs';
import Papa from 'papaparse';

const BLOCK_BYTES = 1 << 20;
const QUOTE = 34;
const NEWLINE = 10;

/** The rows of a CSV file as a run writes it (RFC 4180, UTF-8, `\n`), the header first. Throws what the file system throws. */
export function* csvRows(path: string): Generator<readonly string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for (const block of blocksOf(path)) {
    rest += decoder.decode(block, { stream: true });
    const end = endOfRows(rest);
    yield* parse(rest.slice(0, end));
    rest = rest.slice(end);
  }
  yield* parse(rest);
}

function* blocksOf(path: string): Generator<Uint8Array> {
  const file = openSync(path, 'r');
  try {
    const block = new Uint8Array(BLOCK_BYTES);
    for (let length = 1; (length = readSync(file, block)) > 0; ) yield block.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

/** Behind the last newline that is not within quotes; 0 if there is none. */
function endOfRows(text: string): number {
  if (!text.includes('"')) return text.lastIndexOf('\n') + 1;
  let end = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) quoted = !quoted;
    else if (code === NEWLINE && !quoted) end = i + 1;
  }
  return end;
}

const parse = (text: string): readonly string[][] =>
  Papa.parse<string[]>(text, { delimiter: ',', newline: '\n', skipEmptyLines: true }).data;
