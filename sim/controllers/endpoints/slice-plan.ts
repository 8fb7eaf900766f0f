/**
 * Endpoints to EndpointSlices with as few writes as possible: what is placed stays placed, slices that change anyway are filled
 * first. Kubernetes v1.36.3, staging/src/k8s.io/endpointslice/reconciler.go.
 */
import type { Endpoint, EndpointPort, EndpointSlice } from '../../api/index.ts';
import { endpointIdentity, portsKey, sameEndpoint } from './pod-endpoint.ts';

/** Documented: --max-endpoints-per-slice. */
export const MAX_ENDPOINTS = 100;

/** Endpoints of one port set, by identity. The plan uses the map up. */
export interface DesiredGroup {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: Map<string, Endpoint>;
}

/** A slice to be created. */
export interface NewSlice {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

export interface SliceChange {
  readonly slice: EndpointSlice;
  readonly ports: readonly EndpointPort[] | undefined;
  readonly endpoints: readonly Endpoint[];
}

export interface SlicePlan {
  readonly create: readonly NewSlice[];
  readonly update: readonly SliceChange[];
  readonly remove: readonly EndpointSlice[];
}

/** Of one address type. `stale` says of a slice that its labels are to be rewritten. */
export function planSlices(
  existing: readonly EndpointSlice[],
  desired: ReadonlyMap<string, DesiredGroup>,
  stale: (slice: EndpointSlice) => boolean,
  most = MAX_ENDPOINTS,
): SlicePlan {
  const create: NewSlice[] = [];
  const update: SliceChange[] = [];
  const remove = existing.filter((slice) => !desired.has(portsKey(slice.ports)));
  for (const [key, group] of desired) {
    const left = group.endpoints;
    const plan = planGroup(
      existing.filter((slice) => portsKey(slice.ports) === key),
      { ports: group.ports, left, kept: (slice) => keep(slice, left), stale },
      most,
    );
    create.push(...plan.create);
    update.push(...plan.update);
    remove.push(...plan.remove);
  }
  return reuse({ create, update, remove });
}

/**
 * The same plan from changes alone, for slices that held every endpoint before them: pod UID → its endpoint now, if it still is one.
 * The slices have these ports and their labels are right.
 */
export function planChanges(
  slices: readonly EndpointSlice[],
  ports: readonly EndpointPort[],
  changes: ReadonlyMap<string, Endpoint | undefined>,
  most = MAX_ENDPOINTS,
): SlicePlan {
  const left = new Map<string, Endpoint>();
  const drafts = new Map<EndpointSlice, (Endpoint | undefined)[]>();
  for (const [uid, wanted] of changes) {
    const place = endpointOfPod(slices, uid);
    if (place === undefined) {
      if (wanted !== undefined) left.set(endpointIdentity(wanted), wanted);
      continue;
    }
    const { slice, index, held } = place;
    const stays = wanted !== undefined && endpointIdentity(held) === endpointIdentity(wanted);
    if (wanted !== undefined && !stays) left.set(endpointIdentity(wanted), wanted);
    if (stays && sameEndpoint(held, wanted)) continue;
    let draft = drafts.get(slice);
    if (draft === undefined) drafts.set(slice, (draft = [...slice.endpoints]));
    draft[index] = stays ? wanted : undefined;
  }
  const kept = (slice: EndpointSlice): Kept => {
    const draft = drafts.get(slice);
    if (draft === undefined) return { kept: [], different: false };
    return { kept: draft.filter((endpoint) => endpoint !== undefined), different: true };
  };
  return reuse(planGroup(slices, { ports, left, kept, stale: () => false }, most));
}

interface HeldEndpoint {
  readonly slice: EndpointSlice;
  readonly index: number;
  readonly held: Endpoint;
}

function endpointOfPod(slices: readonly EndpointSlice[], uid: string): HeldEndpoint | undefined {
  for (const slice of slices) {
    const { endpoints } = slice;
    for (let index = 0; index < endpoints.length; index++) {
      const held = endpoints[index]!;
      if (held.targetRef?.uid === uid) return { slice, index, held };
    }
  }
  return undefined;
}

/** A Service without endpoints has one empty slice. */
export function withPlaceholder(existing: readonly EndpointSlice[], plan: SlicePlan): SlicePlan {
  if (existing.length !== plan.remove.length || plan.create.length > 0) return plan;
  const [only] = plan.remove;
  if (plan.remove.length === 1 && only!.endpoints.length === 0 && (only!.ports ?? []).length === 0)
    return { ...plan, remove: [] };
  return reuse({ ...plan, create: [{ ports: [], endpoints: [] }] });
}

/** Slices to be deleted are rewritten into those to be created. */
function reuse({ create, update, remove }: SlicePlan): SlicePlan {
  const count = Math.min(create.length, remove.length);
  if (count === 0) return { create, update, remove };
  const rewritten = remove.slice(0, count).map((slice, i) => ({ slice, ...create[create.length - 1 - i]! }));
  return {
    create: create.slice(0, create.length - count),
    update: [...update, ...rewritten],
    remove: remove.slice(count),
  };
}

interface Draft {
  readonly slice: EndpointSlice | undefined;
  readonly endpoints: Endpoint[];
}

/** What slices keep of their endpoints, in their present versions. */
interface Kept {
  readonly kept: Endpoint[];
  readonly different: boolean;
}

interface Group {
  readonly ports: readonly EndpointPort[];
  readonly kept: (slice: EndpointSlice) => Kept;
  readonly stale: (slice: EndpointSlice) => boolean;
  /** Endpoints without a place, once all slices have been asked; the plan uses the map up. */
  readonly left: Map<string, Endpoint>;
}

function planGroup(
  slices: readonly EndpointSlice[],
  { ports, left, kept: keptOf, stale }: Group,
  most: number,
): SlicePlan {
  const unchanged: EndpointSlice[] = [];
  const changed: Draft[] = [];
  const remove: EndpointSlice[] = [];
  for (const slice of slices) {
    const { kept, different } = keptOf(slice);
    if (different && kept.length === 0) remove.push(slice);
    else if (different || stale(slice)) changed.push({ slice, endpoints: kept });
    else unchanged.push(slice);
  }
  fill(
    [...changed].sort((a, b) => b.endpoints.length - a.endpoints.length),
    left,
    most,
  );
  const created: Draft[] = [];
  while (left.size > 0) {
    const roomy = left.size < most ? bestFit(unchanged, left.size, most) : undefined;
    const draft: Draft = { slice: roomy, endpoints: roomy === undefined ? [] : [...roomy.endpoints] };
    if (roomy !== undefined) unchanged.splice(unchanged.indexOf(roomy), 1);
    fill([draft], left, most);
    (roomy === undefined ? created : changed).push(draft);
  }
  return {
    create: created.map((draft) => ({ ports, endpoints: draft.endpoints })),
    update: changed.map((draft) => ({
      slice: draft.slice!,
      ports: draft.slice!.ports,
      endpoints: draft.endpoints,
    })),
    remove,
  };
}

/** The slice's endpoints that are still wanted are taken out of `left`. */
function keep(slice: EndpointSlice, left: Map<string, Endpoint>): Kept {
  const kept: Endpoint[] = [];
  let different = false;
  for (const endpoint of slice.endpoints) {
    const identity = endpointIdentity(endpoint);
    const wanted = left.get(identity);
    if (wanted === undefined) continue;
    left.delete(identity);
    const same = sameEndpoint(endpoint, wanted);
    if (!same) different = true;
    kept.push(same ? endpoint : wanted);
  }
  return { kept, different: different || kept.length !== slice.endpoints.length };
}

function fill(drafts: readonly Draft[], left: Map<string, Endpoint>, most: number): void {
  for (const { endpoints } of drafts) {
    for (const [identity, endpoint] of left) {
      if (endpoints.length >= most) break;
      endpoints.push(endpoint);
      left.delete(identity);
    }
  }
}

/** The fullest slice that has room for all. */
function bestFit(slices: readonly EndpointSlice[], count: number, most: number): EndpointSlice | undefined {
  let best: EndpointSlice | undefined;
  for (const slice of slices) {
    if (slice.endpoints.length + count > most) continue;
    if (best === undefined || slice.endpoints.length > best.endpoints.length) best = slice;
  }
  return best;
}
