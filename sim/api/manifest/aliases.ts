/** What can be wrong with the aliases of YAML: the library finds it out while it makes values, without a position, or never. */
import { type Document, isNode, type Node, visit } from 'yaml';
import type { Diagnostic, Position } from '../diagnostic.ts';

/** Assumed: beyond what files for people hold, and far below what exhausts memory. */
const MOST_ALIASES = 10_000;

export const BAD_ALIAS = 'an alias (*name) needs an anchor (&name) before it; quote the text if it is none';

/** Aliases without an anchor, or within their own. O(nodes). */
export function aliasErrors(document: Document.Parsed, at: (offset: number) => Position): Diagnostic[] {
  const found: Diagnostic[] = [];
  const anchors = new Map<string, Node>();
  visit(document, {
    Value(_key, node) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
    Alias(_key, alias, path) {
      const source = anchors.get(alias.source);
      if (source !== undefined && !path.some((node) => isNode(node) && node === source)) return;
      const message =
        source === undefined
          ? `not valid YAML: no anchor &${alias.source} before this alias`
          : `not valid YAML: the anchor &${alias.source} contains itself`;
      found.push({ ...at(alias.range?.[0] ?? 0), severity: 'error', message, hint: BAD_ALIAS });
    },
  });
  return found;
}

/** The values of a document without alias errors; `bomb` if its aliases stand for more than a file for people does. */
export function plainValue(document: Document): {
  readonly value?: unknown;
  readonly bomb?: Omit<Diagnostic, keyof Position>;
} {
  try {
    return { value: document.toJS({ maxAliasCount: MOST_ALIASES }) };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const message = 'not valid YAML: aliases of aliases grow beyond all measure';
    return { bomb: { severity: 'error', message, hint: 'write out what they stand for' } };
  }
}
