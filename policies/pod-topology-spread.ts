/**
 * PodTopologySpread: pods of a kind spread evenly over zones, nodes or other domains.
 * `plugins/podtopologyspread`, Kubernetes v1.36. Matching pods are counted per node by the snapshot's topology index as they
 * come and go; a pod costs a look at each domain, or at each node if it does not accept all of them.
 */
import {
  compileSelector,
  firstUntoleratedTaint,
  HOSTNAME_LABEL,
  type Labels,
  type Node,
  type Pod,
  Requirement,
  requiredNodeAffinity,
  Selector,
  type TopologySpreadConstraint,
  ZONE_LABEL,
} from '../sim/api/index.ts';
import { log } from '../sim/engine/index.ts';
import {
  Action,
  ArgsReader,
  type CycleState,
  DefaultSelectors,
  type Handle,
  interest,
  type LabelColumn,
  type Listers,
  MAX_NODE_SCORE,
  type NodeRows,
  type NodeState,
  type PlacedPod,
  type Plugin,
  type RowCounts,
  roundHalfAway,
  SKIP,
  type Snapshot,
  type Status,
  stateKey,
  takesRoom,
  unresolvable,
  unschedulable,
} from '../sim/scheduler/contract.ts';

const NAME = 'PodTopologySpread';
const SKEWED = unschedulable("node(s) didn't match pod topology spread constraints");
const LABEL_MISSING = unresolvable(
  "node(s) didn't match pod topology spread constraints (missing required label)",
);
const MISSING = 1;
const SKEW = 2;

/** Applied to pods without constraints of their own that belong to a Service or controller. */
const SYSTEM_DEFAULTS: readonly TopologySpreadConstraint[] = [
  { topologyKey: HOSTNAME_LABEL, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3 },
  { topologyKey: ZONE_LABEL, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5 },
];

/** A constraint with its selector compiled. */
interface Constraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly selector: Selector;
  readonly honorAffinity: boolean;
  readonly honorTaints: boolean;
}

type Action_ = TopologySpreadConstraint['whenUnsatisfiable'];

function compile(
  spec: TopologySpreadConstraint,
  podLabels: Labels | undefined,
  selector?: Selector,
): Constraint {
  return {
    topologyKey: spec.topologyKey,
    maxSkew: spec.maxSkew,
    minDomains: spec.minDomains ?? 1,
    selector: selector ?? withMatchLabelKeys(compileSelector(spec.labelSelector), spec, podLabels),
    honorAffinity: spec.nodeAffinityPolicy !== 'Ignore',
    honorTaints: spec.nodeTaintsPolicy === 'Honor',
  };
}

/** The API server has merged `matchLabelKeys` into the selector of a created pod; a pod from elsewhere is caught up with. */
function withMatchLabelKeys(
  selector: Selector,
  { matchLabelKeys = [] }: TopologySpreadConstraint,
  labels: Labels | undefined,
): Selector {
  const missing = matchLabelKeys.filter(
    (key) => labels?.[key] !== undefined && !selector.requirements.some((known) => known.key === key),
  );
  if (missing.length === 0) return selector;
  const merged = missing.map((key) => new Requirement(key, 'In', [labels![key]!]));
  return new Selector([...merged, ...selector.requirements]);
}

/** How many matching pods each domain of one constraint has, and which domains have the fewest. */
class DomainCounts {
  readonly constraint: Constraint;
  readonly column: LabelColumn;
  /** Value id → pods. Shared until changed. */
  #counts: Int32Array;
  #owned: boolean;
  /** Domains that take part. */
  domains: number;
  /** Two domains with the fewest pods, fewest first. */
  #fewestId = 0;
  #fewest = Number.POSITIVE_INFINITY;
  #nextId = 0;
  #next = Number.POSITIVE_INFINITY;

  constructor(constraint: Constraint, column: LabelColumn, { counts, shared, takesPart }: DomainSum) {
    this.constraint = constraint;
    this.column = column;
    this.#counts = counts;
    this.#owned = !shared;
    this.domains = 0;
    for (let id = 1; id < takesPart.length; id++)
      if (takesPart[id]! > 0) {
        this.domains++;
        this.#track(id, counts[id] ?? 0);
      }
  }

  /** Value id → pods; shorter than the ids if the rest have none. */
  get counts(): Int32Array {
    return this.#counts;
  }

  get fewest(): number {
    return this.domains < this.constraint.minDomains ? 0 : this.#fewest;
  }

  fork(): DomainCounts {
    const copy = new DomainCounts(this.constraint, this.column, {
      counts: this.#counts,
      shared: true,
      takesPart: [],
    });
    copy.domains = this.domains;
    copy.#fewestId = this.#fewestId;
    copy.#fewest = this.#fewest;
    copy.#nextId = this.#nextId;
    copy.#next = this.#next;
    return copy;
  }

  add(id: number, delta: number): void {
    if (!this.#owned || id >= this.#counts.length) {
      const counts = new Int32Array(Math.max(this.#counts.length, id + 1));
      counts.set(this.#counts);
      this.#counts = counts;
      this.#owned = true;
    }
    this.#counts[id]! += delta;
    this.#track(id, this.#counts[id]!);
  }

  /** Enough as long as what-ifs change one domain at a time, as upstream's criticalPaths. */
  #track(id: number, count: number): void {
    if (id === this.#fewestId) this.#fewest = count;
    else if (id === this.#nextId) this.#next = count;
    else if (count < this.#fewest) {
      this.#nextId = this.#fewestId;
      this.#next = this.#fewest;
      this.#fewestId = id;
      this.#fewest = count;
    } else if (count < this.#next) {
      this.#nextId = id;
      this.#next = count;
    }
    if (this.#fewest <= this.#next) return;
    [this.#fewestId, this.#nextId] = [this.#nextId, this.#fewestId];
    [this.#fewest, this.#next] = [this.#next, this.#fewest];
  }
}

class FilterState {
  readonly counts: readonly DomainCounts[];

  constructor(counts: readonly DomainCounts[]) {
    this.counts = counts;
  }

  fork(): FilterState {
    return new FilterState(this.counts.map((counts) => counts.fork()));
  }
}

interface SoftConstraint {
  readonly constraint: Constraint;
  readonly column: LabelColumn;
  /** By value id, or by row for the hostname; may be shorter if the rest have none. */
  readonly counts: Int32Array;
  readonly perNode: boolean;
  /** ln(domains + 2). */
  readonly weight: number;
}

interface ScoreState {
  readonly soft: readonly SoftConstraint[];
  /** Nodes that lack one of these labels are not scored; undefined if none are to be left out. */
  readonly ignores: readonly LabelColumn[] | undefined;
}

const FILTER = stateKey<FilterState>(`PreFilter${NAME}`);
const SCORE = stateKey<ScoreState>(`PreScore${NAME}`);

export const podTopologySpread = (raw: unknown, { snapshot, listers }: Handle): Plugin => {
  const { defaults, system } = readArgs(raw);
  const fallback = new DefaultConstraints(defaults, listers);
  const constraintsOf = (pod: Pod, action: Action_): readonly Constraint[] => {
    const own = pod.spec.topologySpreadConstraints ?? [];
    return own.length > 0 ? compileOwn(own, pod.metadata.labels)[action] : fallback.of(pod, action);
  };
  const changeByPod = (
    state: CycleState,
    pod: Pod,
    placed: PlacedPod,
    node: NodeState,
    delta: 1 | -1,
  ): undefined => {
    const counts = state.read(FILTER)?.counts ?? [];
    if (placed.pod.metadata.namespace !== pod.metadata.namespace) return;
    if (counts.some(({ column }) => column.ids[node.row] === 0)) return;
    for (const domain of counts)
      if (
        domain.constraint.selector.matches(placed.pod.metadata.labels) &&
        isIncluded(domain.constraint, pod, node.node)
      )
        domain.add(domain.column.ids[node.row]!, delta);
  };
  return {
    name: NAME,
    nodeLocal: false,
    preFilter: (state, pod) => {
      const hard = constraintsOf(pod, 'DoNotSchedule');
      if (hard.length === 0) return SKIP;
      state.write(FILTER, new FilterState(countDomains(snapshot, pod, hard)));
      return undefined;
    },
    addPod: (state, pod, placed, node) => changeByPod(state, pod, placed, node, 1),
    removePod: (state, pod, placed, node) => changeByPod(state, pod, placed, node, -1),
    filterRows: (state, rows, count, verdicts) => filterRows(state, rows, count, verdicts),
    refusal: (_state, verdict): Status => (verdict === MISSING ? LABEL_MISSING : SKEWED),
    preScore: (state, pod, nodes) => {
      const soft = constraintsOf(pod, 'ScheduleAnyway');
      if (soft.length === 0) return SKIP;
      const requireAll = !system || (pod.spec.topologySpreadConstraints?.length ?? 0) > 0;
      state.write(SCORE, weighDomains(snapshot, pod, soft, nodes, requireAll));
      return undefined;
    },
    scoreRows: (state, rows, count, scores) => scoreRows(state.read(SCORE)!, rows, count, scores),
    normalizeRows: (state, rows, count, scores) => normalizeRows(state.read(SCORE)!, rows, count, scores),
    events: () => [
      interest(
        'Pod',
        Action.add | Action.updatePodLabel | Action.updatePodToleration | Action.delete,
        (pod, before, after) => afterPodChange(constraintsOf(pod, 'DoNotSchedule'), pod, before, after),
      ),
      interest(
        'Node',
        Action.add | Action.delete | Action.updateNodeLabel | Action.updateNodeTaint,
        (pod, before, after) => afterNodeChange(constraintsOf(pod, 'DoNotSchedule'), before, after),
      ),
    ],
  };
};

const NO_CONSTRAINTS: readonly Constraint[] = [];

type ByAction = Readonly<Record<Action_, readonly Constraint[]>>;
const compiled = new WeakMap<readonly TopologySpreadConstraint[], ByAction>();

/** O(1) for a list seen before, unless it depends on the pod's labels. */
function compileOwn(own: readonly TopologySpreadConstraint[], labels: Labels | undefined): ByAction {
  const known = compiled.get(own);
  if (known !== undefined) return known;
  const of = (action: Action_): readonly Constraint[] =>
    own.filter((spec) => spec.whenUnsatisfiable === action).map((spec) => compile(spec, labels));
  const result = { DoNotSchedule: of('DoNotSchedule'), ScheduleAnyway: of('ScheduleAnyway') };
  if (own.every(({ matchLabelKeys = [] }) => matchLabelKeys.length === 0)) compiled.set(own, result);
  return result;
}

/** What holds for pods without constraints of their own. */
class DefaultConstraints {
  readonly #specs: Readonly<Record<Action_, readonly TopologySpreadConstraint[]>>;
  readonly #selectors: DefaultSelectors;
  readonly #bySelector = new WeakMap<Selector, ByAction>();

  constructor(specs: readonly TopologySpreadConstraint[], listers: Listers) {
    const of = (action: Action_) => specs.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action);
    this.#specs = { DoNotSchedule: of('DoNotSchedule'), ScheduleAnyway: of('ScheduleAnyway') };
    this.#selectors = new DefaultSelectors(listers);
  }

  of(pod: Pod, action: Action_): readonly Constraint[] {
    if (this.#specs[action].length === 0) return NO_CONSTRAINTS;
    const selector = this.#selectors.of(pod);
    if (selector.everything) return NO_CONSTRAINTS;
    let known = this.#bySelector.get(selector);
    if (known === undefined) this.#bySelector.set(selector, (known = this.#compile(selector)));
    return known[action];
  }

  #compile(selector: Selector): ByAction {
    const of = (action: Action_) => this.#specs[action].map((spec) => compile(spec, undefined, selector));
    return { DoNotSchedule: of('DoNotSchedule'), ScheduleAnyway: of('ScheduleAnyway') };
  }
}

/** Whether the node's pods count for a constraint of this pod. */
function isIncluded({ honorAffinity, honorTaints }: Constraint, pod: Pod, node: Node): boolean {
  if (honorAffinity && !requiredNodeAffinity(pod.spec).matches(node)) return false;
  return (
    !honorTaints ||
    firstUntoleratedTaint(node.spec.taints, pod.spec.tolerations, 'NoSchedule', 'NoExecute') === undefined
  );
}

/** True if every node's pods count, as far as the inclusion policies go. */
const includesAll = (snapshot: Snapshot, { honorAffinity, honorTaints }: Constraint, pod: Pod): boolean =>
  (!honorAffinity || requiredNodeAffinity(pod.spec).everything) &&
  (!honorTaints || snapshot.taintSets.hardNodes === 0);

interface DomainSum {
  /** Value id → matching pods; may be shorter than the ids. */
  readonly counts: Int32Array;
  /** The array belongs to the index and changes with it. */
  readonly shared: boolean;
  /** Value id → above 0 if some node of the domain takes part. */
  readonly takesPart: ArrayLike<number>;
}

const NO_PODS = new Int32Array(0);

/** Pods by domain, over the nodes that pass the inclusion policies and carry all `required` labels. */
function sumDomains(
  snapshot: Snapshot,
  pod: Pod,
  constraint: Constraint,
  column: LabelColumn,
  required: readonly LabelColumn[],
): DomainSum {
  const pods = podsByRow(snapshot, pod, constraint);
  const complete = required.every(({ carriers }) => carriers === snapshot.nodeCount);
  if (complete && includesAll(snapshot, constraint, pod))
    return { counts: pods?.by(column).sums ?? NO_PODS, shared: true, takesPart: column.nodesOf };
  const counts = new Int32Array(column.values.size);
  const takesPart = new Uint8Array(column.values.size);
  for (let i = 0; i < snapshot.nodeCount; i++) {
    const row = snapshot.order[i]!;
    const id = column.ids[row]!;
    if (id === 0 || !carriesAll(required, row)) continue;
    if (!isIncluded(constraint, pod, snapshot.nodes[row]!)) continue;
    takesPart[id] = 1;
    if (pods !== undefined) counts[id]! += pods.counts[row]!;
  }
  return { counts, shared: false, takesPart };
}

/** An empty selector counts no pod, as upstream's. */
const podsByRow = (snapshot: Snapshot, pod: Pod, { selector }: Constraint): RowCounts | undefined =>
  selector.everything || selector.nothing
    ? undefined
    : snapshot.topology.liveCounter(selector, pod.metadata.namespace ?? '').rows;

const columnsOf = (snapshot: Snapshot, specs: readonly Constraint[]): LabelColumn[] =>
  specs.map(({ topologyKey }) => snapshot.labelColumn(topologyKey));

function countDomains(snapshot: Snapshot, pod: Pod, specs: readonly Constraint[]): DomainCounts[] {
  const columns = columnsOf(snapshot, specs);
  return specs.map(
    (constraint, i) =>
      new DomainCounts(constraint, columns[i]!, sumDomains(snapshot, pod, constraint, columns[i]!, columns)),
  );
}

function carriesAll(columns: readonly LabelColumn[], row: number): boolean {
  for (const column of columns) if (column.ids[row] === 0) return false;
  return true;
}

function filterRows(state: CycleState, rows: Int32Array, count: number, verdicts: Int32Array): void {
  const domains = state.read(FILTER)?.counts ?? [];
  verdicts.fill(0, 0, count);
  for (const domain of domains) {
    const { constraint, column, counts } = domain;
    const self = constraint.selector.matches(state.pod.metadata.labels) ? 1 : 0;
    const most = constraint.maxSkew + domain.fewest - self;
    const { ids } = column;
    const known = counts.length;
    for (let i = 0; i < count; i++) {
      if (verdicts[i] !== 0) continue;
      const id = ids[rows[i]!]!;
      if (id === 0) verdicts[i] = MISSING;
      else if ((id < known ? counts[id]! : 0) > most) verdicts[i] = SKEW;
    }
  }
}

function weighDomains(
  snapshot: Snapshot,
  pod: Pod,
  specs: readonly Constraint[],
  nodes: NodeRows,
  requireAll: boolean,
): ScoreState {
  const columns = columnsOf(snapshot, specs);
  const required = requireAll ? columns : [];
  const complete = required.every(({ carriers }) => carriers === snapshot.nodeCount);
  const scored = complete ? [] : required;
  const soft = specs.map((constraint, i) => {
    const column = columns[i]!;
    const perNode = column.key === HOSTNAME_LABEL;
    const counts = perNode
      ? (podsByRow(snapshot, pod, constraint)?.counts ?? NO_PODS)
      : sumDomains(snapshot, pod, constraint, column, required).counts;
    const size = perNode ? countCarriers(scored, nodes) : countDistinct(snapshot, column, scored, nodes);
    return { constraint, column, counts, perNode, weight: log(size + 2) };
  });
  return { soft, ignores: complete ? undefined : required };
}

function countCarriers(required: readonly LabelColumn[], { rows, count }: NodeRows): number {
  if (required.length === 0) return count;
  let carriers = 0;
  for (let i = 0; i < count; i++) if (carriesAll(required, rows[i]!)) carriers++;
  return carriers;
}

/** Values among the nodes that are scored, "none" being one. */
function countDistinct(
  snapshot: Snapshot,
  column: LabelColumn,
  required: readonly LabelColumn[],
  { rows, count }: NodeRows,
): number {
  const { ids, values, carriers } = column;
  const most = carriers === snapshot.nodeCount ? values.size - 1 : values.size;
  const seen = new Uint8Array(values.size);
  let distinct = 0;
  for (let i = 0; i < count && distinct < most; i++) {
    const row = rows[i]!;
    const id = ids[row]!;
    if (seen[id] === 1 || (required.length > 0 && !carriesAll(required, row))) continue;
    seen[id] = 1;
    distinct++;
  }
  return distinct;
}

function scoreRows(
  { soft, ignores }: ScoreState,
  rows: Int32Array,
  count: number,
  scores: Float64Array,
): void {
  scores.fill(0, 0, count);
  for (const constraint of soft)
    if (constraint.perNode) addByNode(constraint, rows, count, scores);
    else addByDomain(constraint, rows, count, scores);
  for (let i = 0; i < count; i++) scores[i] = roundHalfAway(scores[i]!);
  if (ignores === undefined) return;
  for (let i = 0; i < count; i++) if (!carriesAll(ignores, rows[i]!)) scores[i] = 0;
}

function addByNode(
  { constraint, column, counts, weight }: SoftConstraint,
  rows: Int32Array,
  count: number,
  scores: Float64Array,
): void {
  const { ids } = column;
  const slack = constraint.maxSkew - 1;
  const known = counts.length;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    if (ids[row] !== 0) scores[i]! += (row < known ? counts[row]! : 0) * weight + slack;
  }
}

function addByDomain(
  { constraint, column, counts, weight }: SoftConstraint,
  rows: Int32Array,
  count: number,
  scores: Float64Array,
): void {
  const { ids } = column;
  const slack = constraint.maxSkew - 1;
  const parts = new Float64Array(column.values.size);
  for (let id = 1; id < parts.length; id++) parts[id] = (counts[id] ?? 0) * weight + slack;
  for (let i = 0; i < count; i++) scores[i]! += parts[ids[rows[i]!]!]!;
}

/** Fewest pods scores 100; nodes that lack a label score 0. */
function normalizeRows({ ignores }: ScoreState, rows: Int32Array, count: number, scores: Float64Array): void {
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  for (let i = 0; i < count; i++) {
    if (ignores !== undefined && !carriesAll(ignores, rows[i]!)) {
      scores[i] = -1;
      continue;
    }
    const score = scores[i]!;
    if (score < min) min = score;
    if (score > max) max = score;
  }
  for (let i = 0; i < count; i++) {
    if (scores[i] === -1) scores[i] = 0;
    else if (max === 0) scores[i] = MAX_NODE_SCORE;
    else scores[i] = Math.trunc((MAX_NODE_SCORE * (max + min - scores[i]!)) / max);
  }
}

const matchesAny = (specs: readonly Constraint[], labels: Labels | undefined): boolean =>
  specs.some(({ selector }) => selector.matches(labels));

/** The pod itself, or a running pod of its namespace. */
const isInvolved = (other: Pod, pod: Pod): boolean =>
  other.metadata.uid === pod.metadata.uid ||
  (takesRoom(other) && other.metadata.namespace === pod.metadata.namespace);

function afterPodChange(
  specs: readonly Constraint[],
  pod: Pod,
  before: Pod | undefined,
  after: Pod | undefined,
): boolean {
  if ((after !== undefined && !isInvolved(after, pod)) || (before !== undefined && !isInvolved(before, pod)))
    return false;
  if (before === undefined || after === undefined)
    return matchesAny(specs, (after ?? before)?.metadata.labels);
  const tolerates = after.spec.tolerations?.length !== before.spec.tolerations?.length;
  if (after.metadata.uid === pod.metadata.uid && tolerates && specs.some(({ honorTaints }) => honorTaints))
    return true;
  return specs.some(
    ({ selector }) => selector.matches(before.metadata.labels) !== selector.matches(after.metadata.labels),
  );
}

function afterNodeChange(
  specs: readonly Constraint[],
  before: Node | undefined,
  after: Node | undefined,
): boolean {
  const carries = (node: Node | undefined): boolean =>
    node !== undefined && specs.every(({ topologyKey }) => node.metadata.labels?.[topologyKey] !== undefined);
  if (before === undefined || after === undefined) return carries(before ?? after);
  if (carries(before) !== carries(after)) return true;
  const moved = specs.some(
    ({ topologyKey }) => before.metadata.labels?.[topologyKey] !== after.metadata.labels?.[topologyKey],
  );
  return carries(after) && (moved || !sameJson(before.spec.taints, after.spec.taints));
}

const sameJson = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

function readArgs(raw: unknown): {
  readonly defaults: readonly TopologySpreadConstraint[];
  readonly system: boolean;
} {
  const args = new ArgsReader(raw, '');
  const system = args.oneOf('defaultingType', 'System', ['System', 'List']) === 'System';
  const listed = args.objects('defaultConstraints').map((constraint) => {
    const read = {
      topologyKey: constraint.text('topologyKey', ''),
      maxSkew: constraint.integer('maxSkew', 0, 1, 2 ** 31 - 1),
      whenUnsatisfiable: constraint.oneOf('whenUnsatisfiable', 'ScheduleAnyway', [
        'DoNotSchedule',
        'ScheduleAnyway',
      ]),
      minDomains: constraint.has('minDomains')
        ? constraint.integer('minDomains', 1, 1, 2 ** 31 - 1)
        : undefined,
    };
    for (const field of ['topologyKey', 'maxSkew', 'whenUnsatisfiable'])
      if (!constraint.has(field)) constraint.report(field, 'Required value');
    if (constraint.has('labelSelector'))
      constraint.report(
        'labelSelector',
        'Forbidden: constraint must not define a selector, as they deduced for each pod',
      );
    constraint.unknownFields();
    return read;
  });
  if (system && listed.length > 0)
    args.report('defaultingType', 'Invalid value: "System": when .defaultConstraints are not empty');
  args.finish();
  return { defaults: system ? SYSTEM_DEFAULTS : listed, system };
}
