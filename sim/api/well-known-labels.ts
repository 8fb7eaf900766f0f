/** Labels and annotations that several rooms read (kubernetes.io/docs/reference/labels-annotations-taints, v1.36). */
export const HOSTNAME_LABEL = 'kubernetes.io/hostname';
export const ZONE_LABEL = 'topology.kubernetes.io/zone';
export const REGION_LABEL = 'topology.kubernetes.io/region';
/** KubeDES' own: the rack of a node, between zone and host. */
export const RACK_LABEL = 'kubedes.io/rack';
/** Of Endpoints and EndpointSlices: when what changed them happened. */
export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';
