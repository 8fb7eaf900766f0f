/** Names that a scenario uses: policies, proxy modes, kinds, nodes, zones, racks and Services have to exist. */
import {
  closestWord,
  type Draft,
  type KubernetesObject,
  RACK_LABEL,
  resourceNames,
  resourceOfKindName,
  resources,
  ZONE_LABEL,
} from '../api/index.ts';
import type { NodeSpec } from '../node/index.ts';
import { nodesOf } from './nodes.ts';
import { isModulePath, type Registries } from './registries.ts';
import type { Scenario } from './schema/scenario.ts';
import { stepsOf } from './steps.ts';

export interface ReferenceProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly found?: string | undefined;
  readonly expected?: string | undefined;
  readonly hint?: string | undefined;
}

/** What there is to be named. */
export interface KnownThings {
  /** Applied at the start or by the timeline. */
  readonly objects: readonly Draft<KubernetesObject>[];
  readonly tracedNodes: readonly NodeSpec[];
  readonly registries: Registries | undefined;
}

export function checkReferences(scenario: Scenario, known: KnownThings): ReferenceProblem[] {
  const places = placesOf(scenario, known.objects);
  for (const { name } of known.tracedNodes) places.node.add(name);
  const problems = [...unknownModes(scenario, known.registries), ...unknownServices(scenario, known.objects)];
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

function unknownModes(
  { scheduler, proxyMode }: Scenario,
  registries: Registries | undefined,
): ReferenceProblem[] {
  if (registries === undefined) return [];
  const { profiles, proxies } = registries;
  const profile = scheduler?.profile ?? 'default';
  return [
    ...(profiles.has(profile) || isModulePath(profile)
      ? []
      : [problem('no such policy', profile, ['scheduler', 'profile'], profiles.keys())]),
    ...(proxies.has(proxyMode)
      ? []
      : [problem('no such proxy mode', proxyMode, ['proxyMode'], proxies.keys())]),
  ];
}

/** No controller makes Services: one that no manifest has will never be there. */
function unknownServices(
  { traffic = [] }: Scenario,
  objects: readonly Draft<KubernetesObject>[],
): ReferenceProblem[] {
  const services = objects
    .filter(({ kind }) => kind === 'Service')
    .map(({ metadata }) => `${metadata.namespace ?? 'default'}/${metadata.name}`);
  return traffic.flatMap(({ service }, i) =>
    services.includes(service)
      ? []
      : [problem('no such Service', service, ['traffic', i, 'service'], services)],
  );
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

export function problem(
  message: string,
  found: string,
  path: readonly PropertyKey[],
  known: Iterable<string>,
): ReferenceProblem {
  const names = [...known];
  const closest = closestWord(found, names);
  const few = names.length > 0 && names.length <= 20 ? { hint: `known: ${names.join(', ')}` } : {};
  return { path, message, found, ...(closest === undefined ? few : { hint: `did you mean ${closest}?` }) };
}
