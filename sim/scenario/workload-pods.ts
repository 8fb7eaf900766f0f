/** Pods of workloads are checked as manifests are, before the run: the API server would refuse each of them, and nobody be told. */
import { type Draft, type KubernetesObject, type Pod, readManifest } from '../api/index.ts';
import { systemNamespaces, systemPriorityClasses } from '../apiserver/index.ts';
import { type PodShape, podOf, podSpec } from '../workload/index.ts';
import { shapeOf } from './pod-shapes.ts';
import { problem, type ReferenceProblem } from './references.ts';
import type { Scenario } from './schema/scenario.ts';
import type { GeneratedWorkload, SizeClassSpec } from './schema/workload.ts';

type Path = readonly PropertyKey[];

/** Every mistake in what the workloads create; `objects` are those applied at the start or by the timeline. */
export function checkWorkloadPods(
  { workload = [] }: Scenario,
  objects: readonly Draft<KubernetesObject>[],
): ReferenceProblem[] {
  const named = (kind: string): string[] =>
    objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name ?? '');
  const namespaces = [...systemNamespaces, ...named('Namespace')];
  const classes = [...systemPriorityClasses.map(({ name }) => name), ...named('PriorityClass')];
  return workload.flatMap((source, i) => {
    const path = ['workload', i];
    const homeless = namespaces.includes(source.namespace)
      ? []
      : [problem('no such Namespace', source.namespace, [...path, 'namespace'], namespaces)];
    return 'trace' in source
      ? homeless
      : [...homeless, ...shapesOf(source, path).flatMap((shape) => mistakesIn(source, shape, classes))];
  });
}

interface PlacedShape {
  readonly path: Path;
  readonly shape: PodShape;
}

/** One pod of each kind that the generator makes. */
function shapesOf({ pod, sizes }: GeneratedWorkload, path: Path): PlacedShape[] {
  const shape = shapeOf(pod);
  if (sizes === undefined) return [{ path: [...path, 'pod'], shape }];
  return sizes.map((size, i) => ({ path: [...path, 'sizes', i], shape: sized(shape, size) }));
}

/** A drawn amount is as good as any other. */
function sized(shape: PodShape, { requests, limits, priorityClassName }: SizeClassSpec): PodShape {
  const drawn = Object.entries(requests).map(([resource, amount]): [string, string] => [
    resource,
    typeof amount === 'object' ? '1' : String(amount),
  ]);
  const all = { ...shape.requests, ...Object.fromEntries(drawn) };
  return {
    ...shape,
    requests: all,
    limits: limits === undefined ? shape.limits : all,
    priorityClassName: priorityClassName ?? shape.priorityClassName,
  };
}

function mistakesIn(
  { name, namespace }: GeneratedWorkload,
  { path, shape }: PlacedShape,
  classes: readonly string[],
): ReferenceProblem[] {
  const spec = podSpec(shape);
  const pod: Draft<Pod> = podOf(namespace, `${name}-0`, spec, shape.labels, shape.annotations);
  const { diagnostics } = readManifest('', JSON.stringify(pod));
  const wrong = diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ message, found, expected, hint }) => ({
      path,
      message: `pod: ${message}`,
      found,
      expected,
      hint,
    }));
  const { priorityClassName } = spec;
  return priorityClassName === undefined || classes.includes(priorityClassName)
    ? wrong
    : [...wrong, problem('no such PriorityClass', priorityClassName, path, classes)];
}
