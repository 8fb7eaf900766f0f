/** The iptables control plane in the words of the recorded cases. */
import type { IptablesControlPlane } from '../../../proxies/iptables/control-plane.ts';
import { FIXED, type PortCounts, probabilities } from '../../../proxies/iptables/counts.ts';
import type { PortState } from '../../../sim/network/port-rules.ts';
import type { SyncReport } from '../../../sim/network/proxy.ts';
import { type ProxyNode, usableEndpoints } from '../../../sim/network/usable-endpoints.ts';

interface Kind {
  chains: number;
  rules: number;
}
type Kinds = Record<string, Kind>;

const CHAIN_KINDS = {
  svc: 'KUBE-SVC-*',
  svl: 'KUBE-SVL-*',
  ext: 'KUBE-EXT-*',
  fw: 'KUBE-FW-*',
  sep: 'KUBE-SEP-*',
} as const;

export function iptablesView(plane: IptablesControlPlane, report: SyncReport): Record<string, unknown> {
  const lines = report.writes;
  const count = (name: string): number => lines[name] ?? 0;
  return {
    fullSync: report.full,
    largeClusterMode: plane.largeCluster,
    metricRulesTotal: { filter: plane.filterRules, nat: plane.natRules },
    metricRulesLastSync: { filter: count('filterRules'), nat: count('natRules') },
    commands: report.full
      ? { ensureChain: count('ensureChain'), ensureRule: count('ensureRule'), restoreAll: 1 }
      : { restoreAll: 1 },
    restoreInput: {
      lines: report.rulesWritten,
      tables: {
        filter: { chainLines: count('filterChains'), deleteLines: 0, ruleLines: count('filterRules') },
        nat: {
          chainLines: count('natChains'),
          deleteLines: count('natDeletes'),
          ruleLines: count('natRules'),
        },
      },
    },
    state: { filter: filterKinds(plane), nat: natKinds(plane) },
  };
}

function filterKinds(plane: IptablesControlPlane): Kinds {
  const kinds: Kinds = {
    'KUBE-EXTERNAL-SERVICES': { chains: 1, rules: 0 },
    'KUBE-FIREWALL': { chains: 1, rules: 1 },
    'KUBE-FORWARD': { chains: 1, rules: FIXED.filterRules - 1 },
    'KUBE-NODEPORTS': { chains: 1, rules: 0 },
    'KUBE-PROXY-FIREWALL': { chains: 1, rules: 0 },
    'KUBE-SERVICES': { chains: 1, rules: 0 },
  };
  for (const counts of plane.counts()) {
    kinds['KUBE-SERVICES']!.rules += counts.filterServices;
    kinds['KUBE-EXTERNAL-SERVICES']!.rules += counts.filterExternal;
    kinds['KUBE-PROXY-FIREWALL']!.rules += counts.filterFirewall;
    kinds['KUBE-NODEPORTS']!.rules += counts.filterNodePorts;
  }
  return kinds;
}

function natKinds(plane: IptablesControlPlane): Kinds {
  const kinds: Kinds = {
    'KUBE-MARK-MASQ': { chains: 1, rules: 1 },
    'KUBE-NODEPORTS': { chains: 1, rules: 0 },
    'KUBE-POSTROUTING': { chains: 1, rules: 3 },
    'KUBE-SERVICES': { chains: 1, rules: 1 },
  };
  for (const counts of plane.counts()) {
    kinds['KUBE-SERVICES']!.rules += counts.natServices;
    kinds['KUBE-NODEPORTS']!.rules += counts.natNodePorts;
    addOwn(kinds, counts);
  }
  for (const { kind, rules } of plane.staleChains()) add(kinds, kind as keyof typeof CHAIN_KINDS, 1, rules);
  return kinds;
}

function addOwn(kinds: Kinds, counts: PortCounts): void {
  for (const kind of ['svc', 'svl', 'ext', 'fw'] as const) {
    if (counts[kind] > 0) add(kinds, kind, 1, counts[kind]);
  }
  if (counts.sep > 0) add(kinds, 'sep', counts.sep, 2 * counts.sep);
}

function add(kinds: Kinds, kind: keyof typeof CHAIN_KINDS, chains: number, rules: number): void {
  const known = (kinds[CHAIN_KINDS[kind]] ??= { chains: 0, rules: 0 });
  known.chains += chains;
  known.rules += rules;
}

/** The probability lists of all policy chains, each as one text, ordered. */
export function probabilityLists(ports: Iterable<PortState>, node: ProxyNode): readonly string[] {
  const lists: string[] = [];
  for (const { port, endpoints } of ports) {
    const { cluster, local } = usableEndpoints(port, endpoints, node);
    for (const chain of [cluster, local])
      if (chain.length > 1) lists.push(probabilities(chain.length).join(' '));
  }
  return lists.sort();
}
