/** NodeAffinity: nodeSelector and node affinity, the pod's and the profile's. `plugins/nodeaffinity`, Kubernetes v1.36. */
import {
  type Affinity,
  compileTerm,
  type Node,
  nodeSelectorMatches,
  type Pod,
  RequiredNodeAffinity,
  requiredNodeAffinity,
} from '../sim/api/index.ts';
import {
  Action,
  ArgsReader,
  defaultNormalize,
  type Handle,
  interest,
  type Plugin,
  type PreFilterResult,
  SKIP,
  type Status,
  stateKey,
  unresolvable,
} from '../sim/scheduler/contract.ts';

const NAME = 'NodeAffinity';
const NO_MATCH = unresolvable("node(s) didn't match Pod's node affinity/selector");
const NOT_ENFORCED = unresolvable("node(s) didn't match scheduler-enforced node affinity");
const CONFLICT = unresolvable('pod affinity terms conflict');
const REQUIRED = stateKey<RequiredNodeAffinity>(`PreFilter${NAME}`);

type NodeAffinity = NonNullable<Affinity['nodeAffinity']>;
type PreferredTerms = NonNullable<NodeAffinity['preferredDuringSchedulingIgnoredDuringExecution']>;

const FAILS_POD = 1;
const FAILS_ADDED = 2;

function readAddedAffinity(raw: unknown): NodeAffinity {
  const args = new ArgsReader(raw, '');
  const affinity = args.raw('addedAffinity');
  args.finish();
  // A NodeAffinity object as the API defines it.
  return (affinity ?? {}) as NodeAffinity;
}

export const nodeAffinity = (args: unknown, { snapshot }: Handle): Plugin => {
  const added = readAddedAffinity(args);
  const addedRequired = added.requiredDuringSchedulingIgnoredDuringExecution;
  const addedPreferred = added.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const passesAdded = (node: Node): boolean =>
    addedRequired === undefined || nodeSelectorMatches(addedRequired, node);
  return {
    name: NAME,
    nodeLocal: true,
    ignores: ({ nodeSelector, nodeAffinity }) =>
      addedRequired === undefined &&
      addedPreferred.length === 0 &&
      nodeSelector === undefined &&
      nodeAffinity === undefined,
    preFilter: (state, pod) => {
      const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
      if (required === undefined && addedRequired === undefined && pod.spec.nodeSelector === undefined)
        return SKIP;
      state.write(REQUIRED, new RequiredNodeAffinity(pod.spec));
      return required === undefined ? undefined : namedNodes(required.nodeSelectorTerms);
    },
    filterRows: (state, rows, count, verdicts) => {
      const required = state.read(REQUIRED) ?? new RequiredNodeAffinity(state.pod.spec);
      for (let i = 0; i < count; i++) {
        const node = snapshot.nodes[rows[i]!]!;
        verdicts[i] = !passesAdded(node) ? FAILS_ADDED : required.matches(node) ? 0 : FAILS_POD;
      }
    },
    refusal: (_state, verdict) => (verdict === FAILS_ADDED ? NOT_ENFORCED : NO_MATCH),
    preScore: (_state, pod) =>
      addedPreferred.length === 0 && preferredTerms(pod) === undefined ? SKIP : undefined,
    scoreRows: (state, rows, count, scores) => {
      const preferred = preferredTerms(state.pod) ?? [];
      for (let i = 0; i < count; i++) {
        const node = snapshot.nodes[rows[i]!]!;
        scores[i] = weightOf(addedPreferred, node) + weightOf(preferred, node);
      }
    },
    normalizeRows: (_state, _rows, count, scores) => defaultNormalize(scores, count, false),
    events: () => [
      interest('Node', Action.add | Action.updateNodeLabel, (pod, before, after) => {
        if (after === undefined || !passesAdded(after)) return false;
        const required = requiredNodeAffinity(pod.spec);
        return required.matches(after) && (before === undefined || !required.matches(before));
      }),
    ],
  };
};

const preferredTerms = (pod: Pod): PreferredTerms | undefined =>
  pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;

function weightOf(terms: PreferredTerms, node: Node): number {
  let sum = 0;
  for (const { weight, preference } of terms) if (compileTerm(preference).matches(node)) sum += weight;
  return sum;
}

type Terms = NonNullable<NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']>['nodeSelectorTerms'];

/** If every term names its nodes, only those can match. */
function namedNodes(terms: Terms): PreFilterResult | Status | undefined {
  const names = new Set<string>();
  for (const { matchFields = [] } of terms) {
    let named: Set<string> | undefined;
    for (const { key, operator, values = [] } of matchFields)
      if (key === 'metadata.name' && operator === 'In')
        named = new Set(named === undefined ? values : values.filter((name) => named?.has(name)));
    if (named === undefined) return undefined;
    for (const name of named) names.add(name);
  }
  if (terms.length === 0) return undefined;
  return names.size === 0 ? CONFLICT : { nodeNames: names };
}
