/** What a Service goes through besides the rest: allocated fields carried over, numbers allocated and freed. */
import type { Service } from '../../api/index.ts';
import type { Failure } from '../errors.ts';
import type { SubmittedObject } from '../request.ts';
import type { Change } from '../stored-object.ts';
import type { ServiceAllocation } from './service-allocation.ts';
import { carriedOver, normalisedNew } from './service-fields.ts';

type Outcome = SubmittedObject | Failure;

const specOf = (object: SubmittedObject): Service['spec'] => object.spec as Service['spec'];

/** Before validation; `current` is absent on create. */
export function prepareService(
  object: SubmittedObject,
  current: SubmittedObject | undefined,
): SubmittedObject {
  const spec =
    current === undefined ? normalisedNew(specOf(object)) : carriedOver(specOf(object), specOf(current));
  return spec === object.spec ? object : { ...object, spec };
}

/** After validation: the last thing that can fail, so that what it takes is not lost. */
export function allocateFor(
  allocation: ServiceAllocation,
  object: SubmittedObject,
  current: SubmittedObject | undefined,
): Outcome {
  const { namespace = '', name = '' } = object.metadata;
  const before = current === undefined ? undefined : specOf(current);
  const spec = allocation.allocate(name, `${namespace}/${name}`, specOf(object), before);
  if ('error' in spec) return spec;
  return spec === object.spec ? object : { ...object, spec };
}

/** After the commit: what the Service held and holds no more is free. */
export function releaseFrom(allocation: ServiceAllocation, change: Change): void {
  if (change.previous === undefined) return;
  allocation.release(specOf(change.previous), change.type === 'DELETED' ? undefined : specOf(change.object));
}
