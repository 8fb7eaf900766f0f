/** The annotations KubeDES itself reads: what the API cannot say about a simulated container or pod. One table. */

import { parseQuantity, quantityValue } from './amount.ts';
import { parseDuration } from './duration.ts';
import { cpuMilli } from './quantity.ts';
import { parseRunTime, RUN_TIME_FORMAT } from './run-time.ts';
import type { DraftMeta } from './types/meta.ts';

export const ANNOTATION_PREFIX = 'kubedes.io/';

export interface AnnotationDefinition<T = unknown> {
  readonly name: string;
  /** What the value looks like, with its unit. */
  readonly format: string;
  readonly meaning: string;
  readonly example: string;
  /** The value, or undefined if the text is not in the format. */
  readonly parse: (text: string) => T | undefined;
}

const define = <T>(
  name: string,
  format: string,
  meaning: string,
  example: string,
  parse: (text: string) => T | undefined,
): AnnotationDefinition<T> => ({ name: ANNOTATION_PREFIX + name, format, meaning, example, parse });

const integer = (min: number, max: number) => (text: string) => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
};

function nonNegative<T>(text: string, read: (text: string) => T): T | undefined {
  const amount = parseQuantity(text);
  return 'error' in amount || amount.unscaled < 0n ? undefined : read(text);
}

const wholeBytes = (text: string): number | undefined => {
  const amount = parseQuantity(text);
  return 'error' in amount || amount.unscaled < 0n ? undefined : Number(quantityValue(amount));
};

const words = (text: string): readonly string[] | undefined => {
  const list = text.split('|').map((word) => word.trim());
  return list.every((word) => word !== '') ? list : undefined;
};

/** `0-2-3` → [0, 2, 3]. */
const indices = (text: string): readonly number[] | undefined =>
  /^\d+(-\d+)*$/.test(text) ? text.split('-').map(Number) : undefined;

const named = (text: string): string | undefined => (text === '' ? undefined : text);

const LOCALITIES = ['node', 'rack', 'remote'] as const;

/** Every annotation by the field it sets in {@link PodAnnotations}. */
export const annotations = {
  runTime: define(
    'run-time',
    RUN_TIME_FORMAT,
    'How long the containers run, at the CPU they request, before they exit. Without it they run until stopped.',
    '90s',
    parseRunTime,
  ),
  runTimeEstimate: define(
    'run-time-estimate',
    'duration, e.g. 2h',
    'How long its user said the pod would run at most; backfilling policies look at it.',
    '2h',
    parseDuration,
  ),
  exitCode: define(
    'exit-code',
    'integer 0 to 255',
    'Exit code at the end of the run time; 0 if absent.',
    '1',
    integer(0, 255),
  ),
  usageCpu: define(
    'usage-cpu',
    'quantity of cores',
    'CPU the pod uses while it runs; its request if absent.',
    '250m',
    (text) => nonNegative(text, cpuMilli),
  ),
  usageMemory: define(
    'usage-memory',
    'quantity of bytes',
    'Memory the pod uses while it runs; its request if absent.',
    '200Mi',
    wholeBytes,
  ),
  deadline: define(
    'deadline',
    'duration after creation',
    'When the pod should have succeeded; later counts as a missed deadline in the metrics.',
    '10m',
    parseDuration,
  ),
  tenant: define('tenant', 'name', 'Whom the pod is accounted to; its namespace if absent.', 'team-a', named),
  input: define(
    'input',
    'names of datasets, separated by |',
    'Data the pod reads at its start; policies for data locality look at it.',
    'genome|reads',
    words,
  ),
  inputLocality: define(
    'input-locality',
    'node, rack or remote',
    'How near the pod is to its input; written by the policy data-locality when it binds the pod.',
    'node',
    (text) => LOCALITIES.find((level) => level === text),
  ),
  gpuMilli: define(
    'gpu-milli',
    'integer 1 to 1000',
    'Share of one GPU in thousandths, for GPU-sharing policies.',
    '500',
    integer(1, 1000),
  ),
  gpuModels: define(
    'gpu-models',
    'names of GPU models, separated by |',
    'GPU models the pod accepts; any if absent.',
    'V100|A100',
    words,
  ),
  gpuIndex: define(
    'gpu-index',
    'indices joined by -',
    'GPUs of its node that the pod has; written by GPU-sharing policies when they bind it.',
    '0-1',
    indices,
  ),
} as const;

export type AnnotationKey = keyof typeof annotations;
export type AnnotationValue<K extends AnnotationKey> = NonNullable<
  ReturnType<(typeof annotations)[K]['parse']>
>;

export const RUN_TIME_ANNOTATION: string = annotations.runTime.name;

const byName = new Map<string, AnnotationDefinition>(Object.values(annotations).map((a) => [a.name, a]));

/** The definition of a full annotation name; undefined if KubeDES does not read it. */
export const annotationDefinition = (name: string): AnnotationDefinition | undefined => byName.get(name);
export const annotationNames: readonly string[] = [...byName.keys()];

interface WithMeta {
  readonly metadata?: DraftMeta | undefined;
}

/** The value of one annotation of a pod; undefined if absent or malformed (manifests report malformed ones). */
export function readAnnotation<K extends AnnotationKey>(
  object: WithMeta,
  key: K,
): AnnotationValue<K> | undefined {
  const definition = annotations[key];
  const text = object.metadata?.annotations?.[definition.name];
  return text === undefined ? undefined : (definition.parse(text) as AnnotationValue<K> | undefined);
}
