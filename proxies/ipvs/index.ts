/** kube-proxy mode ipvs, scheduler rr. Kubernetes v1.36.3 pkg/proxy/ipvs. */
import { microseconds, seconds } from '../../sim/engine/index.ts';
import type { ProxyMode } from '../../sim/network/proxy.ts';
import { IpvsControlPlane } from './control-plane.ts';
import { IpvsDataPlane } from './data-plane.ts';

export const ipvs: ProxyMode = {
  name: 'ipvs',
  meaning: 'hash tables with round robin, each change is a call',
  source: 'Kubernetes v1.36.3 pkg/proxy/ipvs; costs assumed',
  timing: { minSyncPeriod: microseconds(0), syncPeriod: seconds(30), idleMaximum: seconds(30), burst: 1 },
  endpointsNeedNoSync: false,
  dialTimeoutsUs: [],
  // TCP: weight 0 while connections last. UDP and SCTP: deleted at once, and expire_nodest_conn drops the entry.
  establishedFlows: { TCP: 'kept', UDP: 'rebalanced', SCTP: 'rebalanced' },
  controlPlane: (node) => new IpvsControlPlane(node),
  dataPlane: () => new IpvsDataPlane(),
};
