/** Unified line differences, three lines of context, as upstream appends them to "may not change" messages. */

const CONTEXT = 3;

interface Edit {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** Empty if the texts are equal; otherwise hunks with `@@ -a,b +c,d @@` headers, each line ended. */
export function lineDiff(before: string, after: string): string {
  const edits = diff(before.split('\n'), after.split('\n'));
  let text = '';
  let oldLine = 1;
  let newLine = 1;
  for (let i = 0; i < edits.length; ) {
    const start = nextChange(edits, i);
    const from = Math.max(i, start - CONTEXT);
    for (const { mark } of edits.slice(i, from)) {
      if (mark !== '+') oldLine++;
      if (mark !== '-') newLine++;
    }
    if (start === edits.length) break;
    const end = endOfHunk(edits, start);
    const hunk = edits.slice(from, end);
    const oldCount = hunk.filter((edit) => edit.mark !== '+').length;
    const newCount = hunk.filter((edit) => edit.mark !== '-').length;
    text += `@@ -${oldLine},${oldCount} +${newLine},${newCount} @@\n`;
    for (const { mark, text: line } of hunk) text += `${mark}${line}\n`;
    oldLine += oldCount;
    newLine += newCount;
    i = end;
  }
  return text;
}

function nextChange(edits: readonly Edit[], from: number): number {
  let at = from;
  while (at < edits.length && edits[at]?.mark === ' ') at++;
  return at;
}

/** Changes closer than twice the context share a hunk. */
function endOfHunk(edits: readonly Edit[], start: number): number {
  let last = start;
  for (let at = start; at < edits.length && at <= last + 2 * CONTEXT; at++)
    if (edits[at]?.mark !== ' ') last = at;
  return Math.min(edits.length, last + 1 + CONTEXT);
}

/** Longest common subsequence between the common head and tail; removals come before additions. */
function diff(a: readonly string[], b: readonly string[]): Edit[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const keep = (text: string): Edit => ({ mark: ' ', text });
  return [
    ...a.slice(0, head).map(keep),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(keep),
  ];
}

function middle(a: readonly string[], b: readonly string[]): Edit[] {
  const width = b.length + 1;
  const common = new Int32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] =
        a[i] === b[j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
    }
  }
  const edits: Edit[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      edits.push({ mark: ' ', text: a[i] ?? '' });
      i++;
      j++;
    } else if (
      j >= b.length ||
      (i < a.length && (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))
    ) {
      edits.push({ mark: '-', text: a[i] ?? '' });
      i++;
    } else {
      edits.push({ mark: '+', text: b[j] ?? '' });
      j++;
    }
  }
  return edits;
}
