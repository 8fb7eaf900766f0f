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
import { podSpecOf } from './needed-objects.ts';
import { nodesOf } from './nodes.ts';
import { isModulePath, type Registries } from './registries.ts';
import type { Scenario } from './schema/scenario.ts';
import type { TimelineStep } from './schema/timeline.ts';
import { stepsOf } from './steps.ts';

export interface ReferenceProblem {
  readonly path: readonly PropertyKey[];
  /** Absent: an error. */
  readonly severity?: 'warning';
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
  const problems = [
    ...unknownModes(scenario, known.registries),
    ...unknownServices(scenario, known.objects),
    ...nodesTwice(scenario, known),
  ];
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
    problems.push(...unknownTargets(step, path, known.objects));
  }
  return problems;
}

/** Templates of nodes number their machines; two of them must not give one name twice. */
function nodesTwice({ cluster }: Scenario, { objects, tracedNodes }: KnownThings): ReferenceProblem[] {
  const taken = new Set([
    ...tracedNodes.map(({ name }) => name),
    ...objects.filter(({ kind }) => kind === 'Node').map(({ metadata }) => metadata.name ?? ''),
  ]);
  return (cluster.nodes ?? []).flatMap((template, i) => {
    const names = nodesOf(template).map(({ name }) => name);
    const twice = names.find((name) => taken.has(name));
    for (const name of names) taken.add(name);
    if (twice === undefined) return [];
    const path = ['cluster', 'nodes', i, 'name'];
    return [{ path, message: 'another node has this name', found: twice, hint: 'give these another name' }];
  });
}

/** Kinds that no controller makes: an object of them that no manifest has will never be there. */
const MADE_BY_PEOPLE = new Set(['CronJob', 'DaemonSet', 'Deployment', 'Service', 'StatefulSet']);

function unknownTargets(
  step: TimelineStep,
  path: readonly PropertyKey[],
  objects: readonly Draft<KubernetesObject>[],
): ReferenceProblem[] {
  return Object.entries(step).flatMap(([verb, value]) => {
    if (typeof value !== 'object' || !('kind' in value) || !MADE_BY_PEOPLE.has(value.kind)) return [];
    const nameOf = ({ metadata }: Draft<KubernetesObject>) =>
      `${metadata.namespace ?? 'default'}/${metadata.name ?? ''}`;
    const ofKind = objects.filter(({ kind }) => kind === value.kind);
    const name = `${value.namespace}/${value.name}`;
    const targets = ofKind.filter((object) => nameOf(object) === name);
    if (targets.length === 0)
      return [problem(`no such ${value.kind}`, name, [...path, verb, 'name'], ofKind.map(nameOf))];
    if (!('container' in value)) return [];
    const containers = targets.flatMap(containersOf);
    return containers.includes(value.container)
      ? []
      : [problem('no such container', value.container, [...path, verb, 'container'], containers)];
  });
}

/** Those that `setImage` can mean: not init containers. */
const containersOf = (object: Draft<KubernetesObject>): string[] =>
  podSpecOf(object)?.containers?.map(({ name }) => name) ?? [];

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
  const names = [...new Set(known)];
  const closest = closestWord(found, names);
  const few = names.length > 0 && names.length <= 20 ? { hint: `known: ${names.join(', ')}` } : {};
  return { path, message, found, ...(closest === undefined ? few : { hint: `did you mean ${closest}?` }) };
}
