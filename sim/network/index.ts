/** Services below the API: the proxy contract and what all modes share, kube-proxy on every node, client traffic. */
export type { RateStep } from './arrivals.ts';
export type { ProxyMode } from './proxy.ts';
export type { ProxyNodeOptions } from './proxy-nodes.ts';
export { type RequestOutcome, ServiceStatistics } from './request-outcome.ts';
export { ServiceNetwork, type ServiceNetworkOptions } from './service-network.ts';
export { ServiceTraffic } from './traffic.ts';
export type { ClosedLoop, OpenLoop, Sampler, TrafficOptions } from './traffic-options.ts';
