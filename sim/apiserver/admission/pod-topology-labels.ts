/** Bound pods carry the zone and region of their node: plugin/pkg/admission/podtopologylabels, Kubernetes v1.36. */
import { type Labels, type Node, REGION_LABEL, ZONE_LABEL } from '../../api/index.ts';
import type { Storage } from '../storage.ts';

/** Labels before → labels after, per node's labels: pods of one template share one object on all nodes of a zone. */
const merged = new WeakMap<Labels, Map<string, Labels>>();
const none: Labels = {};

/** The pod's labels with those of the node; the same object if the node has none. */
export function withTopologyLabels(
  storage: Storage,
  labels: Labels | undefined,
  nodeName: string,
): Labels | undefined {
  const nodeLabels = (storage.tables.nodes.find('', nodeName)?.object as Node | undefined)?.metadata.labels;
  const z = nodeLabels?.[ZONE_LABEL];
  const r = nodeLabels?.[REGION_LABEL];
  if (z === undefined && r === undefined) return labels;
  return remembered(labels ?? none, z, r);
}

function remembered(labels: Labels, z: string | undefined, r: string | undefined): Labels {
  let places = merged.get(labels);
  if (places === undefined) merged.set(labels, (places = new Map()));
  const place = `${z}/${r}`;
  let known = places.get(place);
  if (known === undefined) {
    known = {
      ...labels,
      ...(r === undefined ? undefined : { [REGION_LABEL]: r }),
      ...(z === undefined ? undefined : { [ZONE_LABEL]: z }),
    };
    places.set(place, known);
  }
  return known;
}
