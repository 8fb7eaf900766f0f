/** A parsed field selector as a list of direct readings. */
import { type FieldSelector, fieldValue, type KubernetesObject, type Pod } from '../api/index.ts';

type Read = (object: KubernetesObject) => string;

/** The fields that watches on many objects select by, read without walking a path; the others go through `fieldValue`. */
const readers: Readonly<Record<string, Read>> = {
  'metadata.name': (object) => object.metadata.name,
  'spec.nodeName': (object) => (object as Pod).spec.nodeName ?? '',
  'spec.schedulerName': (object) => (object as Pod).spec.schedulerName ?? '',
};
/** Of pods only: other kinds have a status.phase too, but their status may be absent. */
const podPhase: Read = (object) => (object as Pod).status?.phase ?? '';

interface Term {
  readonly field: string;
  readonly value: string;
  readonly negated: boolean;
  readonly read: Read;
}

export class FieldMatcher {
  readonly #terms: readonly Term[];

  constructor(selector: FieldSelector) {
    this.#terms = selector.terms.map(({ field, value, negated }) => ({
      field,
      value,
      negated,
      read: readerOf(field),
    }));
  }

  get size(): number {
    return this.#terms.length;
  }

  matches(object: KubernetesObject): boolean {
    let read: Read | undefined;
    let value = '';
    for (const term of this.#terms) {
      if (term.read !== read) {
        read = term.read;
        value = read(object);
      }
      if ((value === term.value) === term.negated) return false;
    }
    return true;
  }

  /** The value that `field` must have, if the selector pins it. */
  pinned(field: string): string | undefined {
    return this.#terms.find((term) => term.field === field && !term.negated)?.value;
  }
}

function readerOf(field: string): Read {
  if (field === 'status.phase') return podPhase;
  return readers[field] ?? ((object) => fieldValue(object, field));
}
