/**
 * VolumeBinding: the pod's claims must be bound to volumes the node can reach, or be bindable or provisionable there; once the
 * pod has its node they are bound. `plugins/volumebinding`, Kubernetes v1.36.
 * DEVIATION: in-tree volumes are not translated to CSI; the API updates of one pod are sent at once, not one by one.
 */
import { seconds } from '../../sim/engine/index.ts';
import {
  Action,
  ArgsReader,
  type Handle,
  interest,
  type Plugin,
  SKIP,
  Status,
} from '../../sim/scheduler/contract.ts';
import { VolumeBinder } from './binder.ts';
import {
  afterCapacityChange,
  afterClaimChange,
  afterClassChange,
  afterCSINodeChange,
  afterDriverChange,
} from './hints.ts';
import { VOLUMES } from './pod-volumes.ts';

export const volumeBinding = (raw: unknown, handle: Handle): Plugin => {
  const args = new ArgsReader(raw, '');
  const timeout = seconds(args.integer('bindTimeoutSeconds', 600, 0));
  args.raw('shape');
  args.finish();
  const binder = new VolumeBinder(handle);
  return {
    name: 'VolumeBinding',
    ignores: ({ mountsStorage }) => !mountsStorage,
    preFilter: (state, pod) => {
      if (pod.spec.volumes === undefined) return SKIP;
      const checked = binder.checkClaims(pod);
      if (checked !== undefined) return checked;
      const claims = binder.classify(pod);
      if (claims instanceof Status) return claims;
      state.write(VOLUMES, claims);
      return undefined;
    },
    filter: (state, _pod, node) => {
      const volumes = state.read(VOLUMES);
      if (volumes === undefined) return undefined;
      const found = binder.find(volumes, node.node);
      if (found instanceof Status) return found;
      volumes.byNode.set(node.name, found);
      return undefined;
    },
    // Scoring by capacity is off by default (StorageCapacityScoring).
    preScore: () => SKIP,
    score: () => 0,
    reserve: (state, _pod, node) => {
      binder.assume(state, node);
      return undefined;
    },
    unreserve: (state, _pod, node) => binder.revert(state, node),
    preBind: (state, _pod, node, turn) => binder.bind(state, node, turn, timeout),
    events: () => [
      interest('StorageClass', Action.add | Action.update, afterClassChange),
      interest('PersistentVolumeClaim', Action.add | Action.update, afterClaimChange),
      interest('PersistentVolume', Action.add | Action.update),
      interest('Node', Action.add | Action.updateNodeLabel),
      interest('CSINode', Action.add | Action.update, afterCSINodeChange),
      interest('CSIDriver', Action.update, afterDriverChange),
      interest('CSIStorageCapacity', Action.add | Action.update, afterCapacityChange),
    ],
  };
};
