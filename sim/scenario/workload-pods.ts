/** Pods of workloads are checked as manifests are, before the run: the API server would refuse each of them, and nobody be told. */
import { type Draft, type KubernetesObject, type Pod, type Position, readManifest } from '../api/index.ts';
import { type PodShape, podOf, podSpec, type Trace, type TraceShape } from '../workload/index.ts';
import { type Absence, absenceFrom } from './needed-objects.ts';
import type { PlacedPod } from './never-bound.ts';
import { shapeOf } from './pod-shapes.ts';
import type { ReferenceProblem } from './references.ts';
import type { Scenario } from './schema/scenario.ts';
import type { GeneratedWorkload, SizeClassSpec, TracedWorkload } from './schema/workload.ts';
import type { SourceTraces } from './traces.ts';

type Path = readonly PropertyKey[];

/** Every mistake in what the workloads create; `objects` are those applied at the start or by the timeline. */
export function checkWorkloadPods(
  { workload = [] }: Scenario,
  objects: readonly Draft<KubernetesObject>[],
): ReferenceProblem[] {
  const absence = absenceFrom(objects);
  return workload.flatMap((source, i) => {
    const path = ['workload', i];
    const homeless = absentAt([...path, 'namespace'], absence('Namespace', source.namespace));
    return 'trace' in source
      ? homeless
      : [...homeless, ...shapesOf(source, path).flatMap((shape) => mistakesIn(source, shape, absence))];
  });
}

/** What generated pods look like, and the largest of a trace; a drawn amount counts as nothing. `traces`: by index of their source. */
export function podsOfWorkload(
  { workload = [] }: Scenario,
  traces: ReadonlyMap<number, SourceTraces>,
  positionOf: (path: Path) => Position,
): PlacedPod[] {
  return workload.flatMap((source, i) => {
    const path = ['workload', i];
    if (!('trace' in source))
      return shapesOf(source, path, '0').map(({ path: at, shape }) => ({
        position: positionOf(at),
        name: source.name,
        spec: podSpec(shape),
      }));
    const trace = traces.get(i)?.trace;
    const position = positionOf([...path, 'trace']);
    return trace === undefined
      ? []
      : largestRows(trace).map((row) => ({
          position,
          name: trace.ids[row]!,
          spec: podSpec({ image: '', requests: requestsOf(trace.shapes[trace.shape[row]!]!, source) }),
        }));
  });
}

/** The first with the most of each resource. */
const largestRows = ({ count, shape, shapes }: Trace): number[] =>
  (count === 0 ? [] : (['cpuMilli', 'memoryBytes', 'gpus'] as const)).map((resource) => {
    const most = shape.reduce((largest, own) => Math.max(largest, shapes[own]![resource]), 0);
    return shape.findIndex((own) => shapes[own]![resource] === most);
  });

const requestsOf = ({ cpuMilli, memoryBytes, gpus }: TraceShape, { sharedGpus }: TracedWorkload) => ({
  cpu: `${cpuMilli}m`,
  memory: String(memoryBytes),
  ...(!sharedGpus && { 'nvidia.com/gpu': String(gpus) }),
});

interface PlacedShape {
  readonly path: Path;
  readonly shape: PodShape;
}

/** One pod of each kind that the generator makes. `drawn`: stands for what is drawn. */
function shapesOf({ pod, sizes }: GeneratedWorkload, path: Path, drawn = '1'): PlacedShape[] {
  const shape = shapeOf(pod);
  if (sizes === undefined) return [{ path: [...path, 'pod'], shape }];
  return sizes.map((size, i) => ({ path: [...path, 'sizes', i], shape: sized(shape, size, drawn) }));
}

function sized(
  shape: PodShape,
  { requests, limits, priorityClassName }: SizeClassSpec,
  drawn: string,
): PodShape {
  const own = Object.entries(requests).map(([resource, amount]): [string, string] => [
    resource,
    typeof amount === 'object' ? drawn : String(amount),
  ]);
  const all = { ...shape.requests, ...Object.fromEntries(own) };
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
  absence: Absence,
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
  return [...wrong, ...absentAt(path, absence('PriorityClass', spec.priorityClassName))];
}

const absentAt = (path: Path, absent: ReturnType<Absence>): ReferenceProblem[] =>
  absent === undefined ? [] : [{ path, ...absent }];
