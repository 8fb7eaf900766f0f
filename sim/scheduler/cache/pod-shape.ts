/**
 * What the scheduler needs to know of a pod's immutable spec, derived once and shared by all pods that ask for the same:
 * `framework.PodInfo` and `PodInfo.CalculateResource`, Kubernetes v1.36. Two pods of one shape get the same verdict from
 * every plugin that looks at nothing but the spec and one node (compare upstream's `SignPod`).
 */
import {
  type Affinity,
  type Container,
  type HostPort,
  hostPorts,
  type Labels,
  type Pod,
  type PodSpec,
  podResources,
  type Toleration,
  type Volume,
} from '../../api/index.ts';
import { resizedSpec } from './resized-spec.ts';
import type { ResourceIds } from './resource-ids.ts';

export interface PodShape {
  /** Dense, > 0, unique per scheduler. */
  readonly id: number;
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly ephemeralBytes: number;
  /** Ids of extended, huge-page and attachable-volume resources asked for, with the whole units. */
  readonly scalarIds: readonly number[];
  readonly scalarUnits: readonly number[];
  /** True if the pod asks for nothing at all, so that only the pod count matters. */
  readonly requestsNothing: boolean;
  /** Counted on the node once the pod is there, when nodes are scored by allocation. */
  readonly nonZeroCpuMilli: number;
  readonly nonZeroMemoryBytes: number;
  /** Counted for the incoming pod itself. */
  readonly scoreCpuMilli: number;
  readonly scoreMemoryBytes: number;
  readonly hostPorts: readonly HostPort[];
  readonly tolerations: readonly Toleration[];
  readonly nodeSelector: Labels | undefined;
  readonly nodeAffinity: Affinity['nodeAffinity'];
  /** Normalised names of init container, container and image-volume images. */
  readonly images: readonly string[];
  readonly containerCount: number;
  /** Mounts claims or disks: what a node may not reach, or not attach. */
  readonly mountsStorage: boolean;
  /** Has claims to devices. */
  readonly claimsResources: boolean;
}

/** Shapes kept before the memo starts afresh: bounds memory when every pod asks for something else. */
const SHAPE_LIMIT = 1 << 13;
const NO_TOLERATIONS: readonly Toleration[] = [];

interface Known {
  readonly spec: PodSpec;
  readonly shape: PodShape;
}

export class PodShapes {
  readonly #resources: ResourceIds;
  /** By identity of `spec.containers`, which pods of one template share. */
  readonly #byContainers = new Map<PodSpec['containers'], Known>();
  readonly #byText = new Map<string, PodShape>();
  #last: Known | undefined;
  #count = 0;

  constructor(resources: ResourceIds) {
    this.#resources = resources;
  }

  /** O(1) for a template seen before. */
  of(pod: Pod): PodShape {
    const spec = resizedSpec(pod);
    if (spec !== pod.spec) return this.#intern(spec);
    const last = this.#last;
    if (last !== undefined && sameSource(last.spec, spec)) return last.shape;
    let known = this.#byContainers.get(spec.containers);
    if (known === undefined || !sameSource(known.spec, spec)) {
      known = { spec, shape: this.#intern(spec) };
      if (this.#byContainers.size >= SHAPE_LIMIT) this.#byContainers.clear();
      this.#byContainers.set(spec.containers, known);
    }
    this.#last = known;
    return known.shape;
  }

  #intern(spec: PodSpec): PodShape {
    const text = shapeText(spec);
    let shape = this.#byText.get(text);
    if (shape === undefined) {
      shape = this.#derive(spec);
      if (this.#byText.size >= SHAPE_LIMIT) this.#byText.clear();
      this.#byText.set(text, shape);
    }
    return shape;
  }

  #derive(spec: PodSpec): PodShape {
    const asked = podResources(spec);
    // Scoring by allocation leaves pod-level requests out for the incoming pod, as v1.36.3's recorded scores show.
    const own = spec.resources === undefined ? asked : podResources({ ...spec, resources: undefined });
    const scalars = [...asked.scalars].filter(([, units]) => units !== 0);
    return {
      id: ++this.#count,
      cpuMilli: asked.cpuMilli,
      memoryBytes: asked.memoryBytes,
      ephemeralBytes: asked.ephemeralStorageBytes,
      scalarIds: scalars.map(([name]) => this.#resources.idOf(name)),
      scalarUnits: scalars.map(([, units]) => units),
      requestsNothing:
        asked.cpuMilli === 0 &&
        asked.memoryBytes === 0 &&
        asked.ephemeralStorageBytes === 0 &&
        asked.scalars.size === 0,
      nonZeroCpuMilli: asked.nonZeroCpuMilli,
      nonZeroMemoryBytes: asked.nonZeroMemoryBytes,
      scoreCpuMilli: own.scoreCpuMilli,
      scoreMemoryBytes: own.scoreMemoryBytes,
      hostPorts: hostPorts(spec),
      tolerations: spec.tolerations ?? NO_TOLERATIONS,
      nodeSelector: spec.nodeSelector,
      nodeAffinity: spec.affinity?.nodeAffinity,
      images: imagesOf(spec),
      containerCount: spec.containers.length + (spec.initContainers?.length ?? 0),
      mountsStorage: mountsStorage(spec),
      claimsResources: claimsResources(spec),
    };
  }
}

/** Specs are immutable and share structure, so equal parts are the same objects for pods of one template. */
const sameSource = (a: PodSpec, b: PodSpec): boolean =>
  a.containers === b.containers &&
  a.tolerations === b.tolerations &&
  a.nodeSelector === b.nodeSelector &&
  a.affinity === b.affinity &&
  a.initContainers === b.initContainers &&
  a.overhead === b.overhead &&
  a.resources === b.resources &&
  a.volumes === b.volumes &&
  a.resourceClaims === b.resourceClaims;

const mountsStorage = ({ volumes }: PodSpec): boolean => volumes?.some(isStorage) === true;

const isStorage = (volume: Volume): boolean =>
  (volume.persistentVolumeClaim ??
    volume.ephemeral ??
    volume.awsElasticBlockStore ??
    volume.azureDisk ??
    volume.gcePersistentDisk ??
    volume.iscsi ??
    volume.rbd) !== undefined;

const claimsResources = ({ resourceClaims }: PodSpec): boolean => (resourceClaims?.length ?? 0) > 0;

/** Equal texts mean equal shapes; the converse need not hold. */
function shapeText(spec: PodSpec): string {
  let text = '';
  for (const container of spec.containers) text += containerText(container);
  for (const container of spec.initContainers ?? [])
    text += `\u0002${container.restartPolicy ?? ''}${containerText(container)}`;
  if (spec.tolerations !== undefined) text += `\u0003${JSON.stringify(spec.tolerations)}`;
  if (spec.nodeSelector !== undefined) text += `\u0004${JSON.stringify(spec.nodeSelector)}`;
  if (spec.affinity?.nodeAffinity !== undefined)
    text += `\u0005${JSON.stringify(spec.affinity.nodeAffinity)}`;
  if (spec.overhead !== undefined) text += `\u0006${JSON.stringify(spec.overhead)}`;
  if (spec.resources !== undefined) text += `\u0007${JSON.stringify(spec.resources)}`;
  for (const volume of spec.volumes ?? [])
    if (volume.image !== undefined) text += `\u0008${volume.image.reference ?? ''}`;
  if (mountsStorage(spec)) text += '\u000A';
  if (claimsResources(spec)) text += '\u000B';
  return text;
}

function containerText(container: Container): string {
  let text = `\u0000${container.image ?? ''}`;
  const requests = container.resources?.requests;
  if (requests !== undefined)
    for (const name of Object.keys(requests)) text += `\u0001${name}=${requests[name] ?? ''}`;
  if (container.ports !== undefined)
    for (const port of container.ports)
      if (port.hostPort !== undefined) text += `\u0009${JSON.stringify(port)}`;
  return text;
}

function imagesOf(spec: PodSpec): readonly string[] {
  const images: string[] = [];
  for (const container of spec.initContainers ?? []) images.push(normalizedImage(container.image ?? ''));
  for (const container of spec.containers) images.push(normalizedImage(container.image ?? ''));
  for (const volume of spec.volumes ?? [])
    if (volume.image !== undefined) images.push(normalizedImage(volume.image.reference ?? ''));
  return images;
}

/** A name without tag or digest means `:latest`; a colon before the last slash is a port. */
export const normalizedImage = (name: string): string =>
  name.lastIndexOf(':') <= name.lastIndexOf('/') ? `${name}:latest` : name;
