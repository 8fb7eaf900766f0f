/** Bound pods carry the zone and region of their node: plugin/pkg/admission/podtopologylabels, Kubernetes v1.36. */
import { type Labels, REGION_LABEL, withFields, ZONE_LABEL } from '../../api/index.ts';
import type { Change } from '../stored-object.ts';

const none: Labels = {};

/** The topology labels of the nodes that have any, by node; nodes of one place share one object. */
export class NodePlaces {
  readonly #ofNode = new Map<string, Labels>();
  readonly #places = new Map<string, Labels>();
  /** Labels before → labels after, per place: pods of one template share one object on all nodes of a zone. */
  readonly #merged = new WeakMap<Labels, Map<Labels, Labels>>();

  /** A node was written. */
  nodeCommitted({ type, object: { metadata }, previous }: Change): void {
    if (metadata.labels === previous?.metadata.labels && type !== 'DELETED') return;
    const place = type === 'DELETED' ? undefined : this.#placeOf(metadata.labels);
    if (place === undefined) this.#ofNode.delete(metadata.name);
    else this.#ofNode.set(metadata.name, place);
  }

  #placeOf(labels: Labels | undefined): Labels | undefined {
    const zone = labels?.[ZONE_LABEL];
    const region = labels?.[REGION_LABEL];
    if (zone === undefined && region === undefined) return undefined;
    const key = JSON.stringify([zone, region]);
    let place = this.#places.get(key);
    if (place === undefined) {
      place = {
        ...(region === undefined ? undefined : { [REGION_LABEL]: region }),
        ...(zone === undefined ? undefined : { [ZONE_LABEL]: zone }),
      };
      this.#places.set(key, place);
    }
    return place;
  }

  /** A pod's labels with those of its node; the same object if the node has none. */
  labelsOn(node: string, labels: Labels | undefined): Labels | undefined {
    const place = this.#ofNode.size === 0 ? undefined : this.#ofNode.get(node);
    return place === undefined ? labels : this.#withPlace(labels ?? none, place);
  }

  #withPlace(labels: Labels, place: Labels): Labels {
    let merged = this.#merged.get(labels);
    if (merged === undefined) this.#merged.set(labels, (merged = new Map()));
    let known = merged.get(place);
    if (known === undefined) merged.set(place, (known = withFields(labels, place)));
    return known;
  }
}
