/** Objects as `kubectl get -o yaml` writes them: with metadata that the API server makes anew for every object. */
import type { Diagnostic, Position } from '../diagnostic.ts';
import type { Draft, KubernetesObject } from '../types/meta.ts';
import type { YamlDocument } from './yaml.ts';

const SET_BY_API_SERVER = [
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
] as const;

/** The object as it was before it was created. */
export function withoutSystemMetadata<T extends Draft<KubernetesObject>>(object: T): T {
  const metadata: Record<string, unknown> = { ...object.metadata };
  for (const field of SET_BY_API_SERVER) delete metadata[field];
  return { ...object, metadata };
}

/** What is odd about exported objects, told once for a file. */
export class ExportedObjects {
  readonly #marked: Position[] = [];
  readonly #owned: Position[] = [];

  /** `path`: where the object stands in the document. */
  note(document: YamlDocument, path: readonly (string | number)[], object: Draft<KubernetesObject>): void {
    const { resourceVersion, ownerReferences = [] } = object.metadata;
    if (resourceVersion) this.#marked.push(document.positionOf([...path, 'metadata', 'resourceVersion']));
    if (ownerReferences.length > 0)
      this.#owned.push(document.positionOf([...path, 'metadata', 'ownerReferences']));
  }

  get warnings(): Diagnostic[] {
    return [
      ...onceFor(
        this.#marked,
        (objects) => `the resourceVersion of ${objects} is left out`,
        'kubectl create would refuse it; an export without it can be created anywhere',
      ),
      ...onceFor(
        this.#owned,
        (objects) => `${objects} with owners: no new object has their UIDs`,
        'the garbage collector deletes what has no owner left; leave these out, their owners create them anew',
      ),
    ];
  }
}

function onceFor(
  positions: readonly Position[],
  message: (objects: string) => string,
  hint: string,
): Diagnostic[] {
  const first = positions[0];
  if (first === undefined) return [];
  const objects = positions.length === 1 ? 'one object' : `${positions.length} objects`;
  return [{ ...first, severity: 'warning', message: message(objects), hint }];
}
