/** kube-proxy mode iptables, the default on Linux. Kubernetes v1.36.3 pkg/proxy/iptables. */
import { minutes, seconds } from '../../sim/engine/index.ts';
import type { ProxyMode } from '../../sim/network/proxy.ts';
import { IptablesControlPlane } from './control-plane.ts';
import { IptablesDataPlane } from './data-plane.ts';

export const iptables: ProxyMode = {
  name: 'iptables',
  meaning: 'rules pick an endpoint at random, a sync writes what changed',
  source: 'Kubernetes v1.36.3 pkg/proxy/iptables; costs measured',
  timing: { minSyncPeriod: seconds(1), syncPeriod: seconds(30), idleMaximum: minutes(60), burst: 1 },
  endpointsNeedNoSync: false,
  dialTimeoutsUs: [],
  // Conntrack keeps the translation of a TCP or SCTP flow; UDP entries are deleted by the sync.
  establishedFlows: { TCP: 'kept', UDP: 'rebalanced', SCTP: 'kept' },
  controlPlane: (node) => new IptablesControlPlane(node),
  dataPlane: () => new IptablesDataPlane(),
};
