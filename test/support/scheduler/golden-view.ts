/** What the simulator's scheduler decides about a recorded case, in the shape of the recording. */
import { VOLUMES } from '../../../policies/volume-binding/pod-volumes.ts';
import type { Pod } from '../../../sim/api/index.ts';
import {
  bestCandidates,
  dryRun,
  type Evaluation,
  evaluate,
  type Framework,
  type Status,
  whyNotEligible,
} from '../../../sim/scheduler/index.ts';

type Json = Readonly<Record<string, unknown>>;

const object = <T>(entries: Iterable<readonly [string, T]>): Readonly<Record<string, T>> =>
  Object.fromEntries([...entries]);
const sorted = (texts: Iterable<string>): string[] => [...texts].sort();

/** Reasons are compared as a set: the real order of several is random. */
export const statusView = (status: Status): Json => ({
  code: status.code,
  ...(status.plugin === '' ? {} : { plugin: status.plugin }),
  reasons: sorted(status.reasons),
});

const verdictView = ({ code, reasons }: Status): Json => ({ code, reasons: sorted(reasons) });

export function evaluationView(framework: Framework, pod: Pod): { view: Json; evaluation: Evaluation } {
  const evaluation = evaluate(framework, pod);
  const { preEnqueue, filter, filterAll, feasible, rawScores, scores, best } = evaluation;
  const view = {
    ...(preEnqueue === undefined ? {} : { preEnqueue: statusView(preEnqueue) }),
    preFilter: preFilterView(evaluation),
    ...(filter.size === 0 ? {} : { filter: object([...filter].map(([node, s]) => [node, statusView(s)])) }),
    ...(filterAll.size === 0 ? {} : { filterAll: filterAllView(filterAll) }),
    feasible,
    ...(feasible.length === 0 ? unfitView(evaluation) : {}),
    ...(feasible.length === 0
      ? {}
      : {
          skipScore: evaluation.skipScore,
          rawScores: object([...rawScores].map(([plugin, byNode]) => [plugin, object(byNode)])),
          scores: object(
            [...scores].map(([node, { total, plugins }]) => [node, { total, plugins: object(plugins) }]),
          ),
          best: sorted(best),
          bestScore: Math.max(...[...scores.values()].map(({ total }) => total)),
        }),
    ...volumesView(evaluation),
  };
  return { view, evaluation };
}

function preFilterView({ preFilter, skipFilter }: Evaluation): Json {
  const { status, nodeNames, narrowedBy } = preFilter;
  const skipped = skipFilter.length === 0 ? {} : { skipFilter };
  if (status !== undefined) return { ...statusView(status), ...skipped };
  return {
    code: 'Success',
    ...(nodeNames === undefined ? {} : { nodeNames: sorted(nodeNames) }),
    ...(narrowedBy.length === 0 ? {} : { narrowedBy: sorted(narrowedBy) }),
    ...skipped,
  };
}

const filterAllView = (filterAll: Evaluation['filterAll']): Json =>
  object(
    [...filterAll].map(([node, byPlugin]) => [
      node,
      object([...byPlugin].map(([plugin, status]) => [plugin, verdictView(status)])),
    ]),
  );

const unfitView = ({ diagnosis }: Evaluation): Json => ({
  message: diagnosis!.message(),
  unschedulablePlugins: sorted(diagnosis!.unschedulablePlugins),
});

/** What would be bound or provisioned if a feasible node were chosen. */
function volumesView({ state, feasible }: Evaluation): Json {
  const byNode = state.read(VOLUMES)?.byNode;
  const view = new Map<string, Json>();
  for (const node of feasible) {
    const { bindings = [], provisions = [] } = byNode?.get(node) ?? {};
    if (bindings.length === 0 && provisions.length === 0) continue;
    view.set(node, {
      static: object(bindings.map(({ claim, volume }) => [claim.metadata.name, volume.metadata.name])),
      provision: sorted(provisions.map(({ metadata }) => metadata.name)),
    });
  }
  return view.size === 0 ? {} : { volumeBindings: object(view) };
}

/** `nominatedNodeName` of `postFilter` is left to the caller: upstream draws it from `selected`. */
export function preemptionView(framework: Framework, { state, diagnosis }: Evaluation): Json {
  const { handle, snapshot } = framework;
  const ineligible = whyNotEligible(handle, state.pod, diagnosis!);
  const { nominatedNodeName, status } = framework.postFilter(state, diagnosis!);
  const postFilter = {
    ...(status === undefined ? { code: 'Success' } : statusView(status)),
    ...(nominatedNodeName === undefined ? {} : { nominatedNodeName }),
  };
  const rows = diagnosis!.rowsWith('Unschedulable');
  const common = {
    eligible: ineligible === undefined,
    ...(ineligible === undefined ? {} : { eligibleMessage: ineligible }),
    potentialNodes: sorted(rows.map((row) => snapshot.nameOf(row))),
    postFilter,
  };
  if (ineligible !== undefined || rows.length === 0) return { ...common, selected: null };
  const { candidates, refusals } = dryRun(handle, state, rows, 0, Number.POSITIVE_INFINITY);
  const selected = sorted(bestCandidates(candidates).map(({ node }) => node));
  return {
    ...common,
    candidates: object(
      candidates.map(({ node, victims, pdbViolations }) => [
        node,
        {
          victims: victims.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
          numPDBViolations: pdbViolations,
        },
      ]),
    ),
    ...(refusals.size === 0
      ? {}
      : {
          nonCandidates: object(
            [...refusals].map(([row, refusal]) => [snapshot.nameOf(row), statusView(refusal)]),
          ),
        }),
    selected: selected.length === 0 ? null : selected,
  };
}
