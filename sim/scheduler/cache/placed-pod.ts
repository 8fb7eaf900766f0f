/** A pod on a node in the scheduler's view: assumed there by a decision of its own, or told so by the API. */
import type { Pod } from '../../api/index.ts';
import type { TermCounter } from './pod-counters.ts';
import type { PodShape } from './pod-shape.ts';

/** An affinity term that the pod carries, and how often it counts: its weight if preferred, else 1. */
export interface CarriedTerm {
  readonly counter: TermCounter;
  readonly weight: number;
}

export class PlacedPod {
  /** The API object, without the name of its node if that is only assumed. */
  source: Pod;
  /** The node's name if `source` is to get it; empty otherwise. */
  assumedOn = '';
  shape: PodShape;
  row: number;
  /** Index in the row's list of pods. */
  slot = -1;
  /** "namespace/name" of the claims it mounts. */
  claims: readonly string[] | undefined;
  /** Set by the topology index while the pod is counted there. */
  terms: readonly CarriedTerm[] | undefined = undefined;

  /** The scheduler's own decision, not confirmed by the API yet. */
  assumed = false;

  constructor(pod: Pod, shape: PodShape, row: number) {
    this.source = pod;
    this.shape = shape;
    this.row = row;
    this.claims = shape.mountsStorage ? claimsOf(pod) : undefined;
  }

  /** The API object; of an assumed pod as it will be once bound, made when somebody looks. */
  get pod(): Pod {
    if (this.assumedOn !== '') {
      this.source = onNode(this.source, this.assumedOn);
      this.assumedOn = '';
    }
    return this.source;
  }
}

/** The pod as it is once bound to `node`. */
export const onNode = (pod: Pod, node: string): Pod => ({ ...pod, spec: { ...pod.spec, nodeName: node } });

function claimsOf(pod: Pod): readonly string[] | undefined {
  const claims: string[] = [];
  for (const volume of pod.spec.volumes ?? []) {
    const name = volume.persistentVolumeClaim?.claimName;
    if (name !== undefined) claims.push(`${pod.metadata.namespace ?? ''}/${name}`);
  }
  return claims.length === 0 ? undefined : claims;
}
