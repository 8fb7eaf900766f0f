/** Names that a scenario uses: kinds, nodes, zones and racks have to exist. */
import {
  closestWord,
  type Draft,
  type KubernetesObject,
  resourceNames,
  resourceOfKindName,
  resources,
} from '../api/index.ts';
import { type NodeSpec, RACK_LABEL, ZONE_LABEL } from '../node/index.ts';
import { nodesOf } from './nodes.ts';
import type { Scenario } from './schema.ts';
import { stepsOf } from './steps.ts';

export interface ReferenceProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly found: string;
  readonly hint?: string;
}

export function checkReferences(
  scenario: Scenario,
  objects: readonly Draft<KubernetesObject>[],
  tracedNodes: readonly NodeSpec[],
): ReferenceProblem[] {
  const places = placesOf(scenario, objects);
  for (const { name } of tracedNodes) places.node.add(name);
  const problems: ReferenceProblem[] = [];
  const check = (what: keyof Places, value: string, path: readonly PropertyKey[]) => {
    if (!places[what].has(value)) problems.push(problem(`no such ${what}`, value, path, places[what]));
  };
  for (const list of ['faults', 'timeline'] as const)
    for (const [i, item] of (scenario[list] ?? []).entries()) {
      if (!('fail' in item)) continue;
      for (const [what, name] of Object.entries(item.fail))
        if (what === 'node' || what === 'zone' || what === 'rack')
          check(what, String(name), [list, i, 'fail', what]);
    }
  for (const { step, path } of stepsOf(scenario)) {
    for (const [verb, value] of Object.entries(step)) {
      if (verb === 'cordon' || verb === 'uncordon' || verb === 'drain')
        check('node', String(value), [...path, verb]);
      const kind = typeof value === 'object' && 'kind' in value ? value.kind : undefined;
      if (kind !== undefined && resourceOfKindName(kind) === undefined)
        problems.push(problem('no such kind', kind, [...path, verb, 'kind'], KINDS));
    }
  }
  return problems;
}

const KINDS = new Set(resourceNames.map((name) => resources[name].kind));

interface Places {
  readonly node: Set<string>;
  readonly zone: Set<string>;
  readonly rack: Set<string>;
}

function placesOf(scenario: Scenario, objects: readonly Draft<KubernetesObject>[]): Places {
  const places: Places = { node: new Set(), zone: new Set(), rack: new Set() };
  for (const node of (scenario.cluster.nodes ?? []).flatMap(nodesOf)) {
    places.node.add(node.name);
    if (node.zone !== undefined) places.zone.add(node.zone);
    if (node.rack !== undefined) places.rack.add(node.rack);
  }
  for (const { kind, metadata } of objects) {
    if (kind !== 'Node') continue;
    places.node.add(metadata.name ?? '');
    places.zone.add(metadata.labels?.[ZONE_LABEL] ?? '');
    places.rack.add(metadata.labels?.[RACK_LABEL] ?? '');
  }
  return places;
}

function problem(
  message: string,
  found: string,
  path: readonly PropertyKey[],
  known: ReadonlySet<string>,
): ReferenceProblem {
  const closest = closestWord(found, known);
  return { path, message, found, ...(closest !== undefined && { hint: `did you mean ${closest}?` }) };
}
