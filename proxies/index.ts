/** Registry of kube-proxy modes: a new mode is a folder here and a line below. */
import type { ProxyMode } from '../sim/network/proxy.ts';
import { iptables } from './iptables/index.ts';
import { ipvs } from './ipvs/index.ts';
import { userspace } from './userspace/index.ts';

/** By name, as in KubeProxyConfiguration.mode. */
export const PROXY_MODES: ReadonlyMap<string, ProxyMode> = new Map(
  [userspace, iptables, ipvs].map((mode) => [mode.name, mode]),
);
