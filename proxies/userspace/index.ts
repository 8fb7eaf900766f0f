/** kube-proxy mode userspace, removed in 1.26. Kubernetes v1.25.16 pkg/proxy/userspace. */
import { seconds } from '../../sim/engine/index.ts';
import type { ProxyMode } from '../../sim/network/proxy.ts';
import { UserspaceControlPlane } from './control-plane.ts';
import { UserspaceDataPlane } from './data-plane.ts';

export const userspace: ProxyMode = {
  name: 'userspace',
  meaning: 'a process accepts each connection and opens one to an endpoint',
  source: 'Kubernetes v1.25.16 pkg/proxy/userspace; data plane measured',
  timing: { minSyncPeriod: seconds(1), syncPeriod: seconds(30), idleMaximum: seconds(30), burst: 2 },
  endpointsNeedNoSync: true,
  // Four tries, each with the next endpoint.
  dialTimeoutsUs: [250e3, 500e3, 1e6, 2e6],
  // Open copies live until one side closes; a UDP client keeps its backend socket until it idles out.
  establishedFlows: { TCP: 'kept', UDP: 'kept', SCTP: 'kept' },
  controlPlane: () => new UserspaceControlPlane(),
  dataPlane: (draws) => new UserspaceDataPlane(draws),
};
