/** Names that a scenario uses: policies, proxy modes, kinds, nodes, zones, racks and Services have to exist. */
import {
  type Draft,
  didYouMean,
  type KubernetesObject,
  type Node,
  RACK_LABEL,
  resourceNames,
  resourceOfKindName,
  resources,
  ZONE_LABEL,
} from '../api/index.ts';
import type { NodeSpec } from '../node/index.ts';
import { podSpecOf } from './needed-objects.ts';
import { isNode, nodesOf } from './nodes.ts';
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
  const templates = (scenario.cluster.nodes ?? []).map(nodesOf);
  const manifests = known.objects.filter(isNode);
  const places = placesOf(templates.flat(), manifests, known.tracedNodes);
  const problems = [
    ...unknownModes(scenario, known.registries),
    ...unknownServices(scenario, known.objects),
    ...nodesTwice(templates, [...known.tracedNodes.map(({ name }) => name), ...manifests.map(nodeName)]),
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
function nodesTwice(
  templates: readonly (readonly NodeSpec[])[],
  others: readonly string[],
): ReferenceProblem[] {
  const taken = new Set(others);
  return templates.flatMap((nodes, i) => {
    const names = nodes.map(({ name }) => name);
    const twice = names.find((name) => taken.has(name));
    for (const name of names) taken.add(name);
    if (twice === undefined) return [];
    const path = ['cluster', 'nodes', i, 'name'];
    return [{ path, message: 'another node has this name', found: twice, hint: 'give these another name' }];
  });
}

/** As scenarios write it: namespace/name. */
const nameOf = ({ metadata }: Draft<KubernetesObject>): string =>
  `${metadata.namespace ?? 'default'}/${metadata.name ?? ''}`;

/** Kinds that no controller makes: an object of them that no manifest has will never be there. */
const MADE_BY_PEOPLE = new Set(['CronJob', 'DaemonSet', 'Deployment', 'Service', 'StatefulSet']);

function unknownTargets(
  step: TimelineStep,
  path: readonly PropertyKey[],
  objects: readonly Draft<KubernetesObject>[],
): ReferenceProblem[] {
  return Object.entries(step).flatMap(([verb, value]) => {
    if (typeof value !== 'object' || !('kind' in value) || !MADE_BY_PEOPLE.has(value.kind)) return [];
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
  const services = objects.filter(({ kind }) => kind === 'Service').map(nameOf);
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

const nodeName = ({ metadata }: Draft<Node>): string => metadata.name ?? '';

function placesOf(
  templated: readonly NodeSpec[],
  manifests: readonly Draft<Node>[],
  traced: readonly NodeSpec[],
): Places {
  const places: Places = { node: new Set(), zone: new Set(), rack: new Set() };
  for (const node of templated) {
    places.node.add(node.name);
    if (node.zone !== undefined) places.zone.add(node.zone);
    if (node.rack !== undefined) places.rack.add(node.rack);
  }
  for (const manifest of manifests) {
    const { labels } = manifest.metadata;
    places.node.add(nodeName(manifest));
    places.zone.add(labels?.[ZONE_LABEL] ?? '');
    places.rack.add(labels?.[RACK_LABEL] ?? '');
  }
  for (const { name } of traced) places.node.add(name);
  return places;
}

export function problem(
  message: string,
  found: string,
  path: readonly PropertyKey[],
  known: Iterable<string>,
): ReferenceProblem {
  return { path, message, found, hint: hintAmong(found, known) };
}

/** Which of the known names was meant, or all of them if they are few. */
export function hintAmong(found: string, known: Iterable<string>): string | undefined {
  const names = [...new Set(known)];
  const few = names.length > 0 && names.length <= 20 ? `known: ${names.join(', ')}` : undefined;
  return didYouMean(found, names) ?? few;
}
