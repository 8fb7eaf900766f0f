/** What PreFilter plugins say together: `RunPreFilterPlugins` and `PreFilterResult.Merge`, Kubernetes v1.36. */
import { Status } from './status.ts';

/** A rejection, or the nodes that remain, and which plugins narrowed them. */
export interface PreFilterVerdict {
  readonly status: Status | undefined;
  /** Undefined: all. */
  readonly nodeNames: ReadonlySet<string> | undefined;
  readonly narrowedBy: readonly string[];
}

export const ALL_NODES: PreFilterVerdict = { status: undefined, nodeNames: undefined, narrowedBy: [] };

export const rejectedWith = (status: Status): PreFilterVerdict => ({
  status,
  nodeNames: undefined,
  narrowedBy: [],
});

/** Only nodes that every narrowing plugin names remain. */
export function narrow(
  before: PreFilterVerdict,
  names: ReadonlySet<string>,
  plugin: string,
): PreFilterVerdict {
  const narrowedBy = [...before.narrowedBy, plugin];
  const nodeNames = before.nodeNames === undefined ? names : intersection(before.nodeNames, names);
  return nodeNames.size === 0
    ? { status: nothingLeft(narrowedBy), nodeNames: undefined, narrowedBy }
    : { status: undefined, nodeNames, narrowedBy };
}

function nothingLeft(narrowedBy: readonly string[]): Status {
  const names = [...narrowedBy].sort();
  const text =
    names.length === 1
      ? `node(s) didn't satisfy plugin ${names[0]}`
      : `node(s) didn't satisfy plugin(s) [${names.join(' ')}] simultaneously`;
  return new Status('UnschedulableAndUnresolvable', [text]);
}

const intersection = (a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...a].filter((name) => b.has(name)));
