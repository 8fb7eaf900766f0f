/** The ipvs control plane in the words of the recorded cases. */
import type { IpvsControlPlane } from '../../../proxies/ipvs/control-plane.ts';
import { FIXED, SET_COUNT, type VirtualServer } from '../../../proxies/ipvs/tables.ts';
import { addressOf } from '../../../sim/network/endpoints.ts';
import type { SyncReport } from '../../../sim/network/proxy.ts';

const IPVS_CALLS = [
  'AddVirtualServer',
  'UpdateVirtualServer',
  'DeleteVirtualServer',
  'AddRealServer',
  'UpdateRealServer',
  'DeleteRealServer',
  'GetVirtualServers',
  'GetVirtualServer',
  'GetRealServers',
] as const;
const IPSET_CALLS = ['AddEntry', 'DelEntry', 'CreateSet', 'ListEntries'] as const;

export function ipvsView(plane: IpvsControlPlane, report: SyncReport): Record<string, unknown> {
  const writes = report.writes;
  const count = (name: string): number => writes[name] ?? 0;
  const pick = (names: readonly string[]): Record<string, number> =>
    Object.fromEntries(names.flatMap((name) => (writes[name] ? [[name, writes[name]]] : [])));
  const sets = [...plane.sets.entries()];
  const servers = serverTexts(plane);
  return {
    ipvsCalls: pick(IPVS_CALLS),
    ipsetCalls: pick(IPSET_CALLS),
    ipsets: SET_COUNT,
    ipsetEntries: Object.fromEntries(sets.map(([set, entries]) => [set, entries.length])),
    ipsetEntriesTotal: plane.sets.size,
    boundAddresses: sets.find(([set]) => set === 'KUBE-IPVS-IPS')?.[1].length ?? 0,
    gracefulTerminationList: plane.draining.size,
    virtualServers: servers.length,
    realServers: servers.reduce((sum, server) => sum + server.realServers.length, 0),
    servers,
    restoreInput: {
      lines: count('lines'),
      tables: {
        filter: { chainLines: FIXED.filterChains, deleteLines: 0, ruleLines: count('filterRules') },
        nat: { chainLines: FIXED.natChains, deleteLines: 0, ruleLines: count('natRules') },
      },
    },
  };
}

interface ServerText {
  readonly key: string;
  readonly realServers: readonly string[];
  readonly persistentTimeout?: number;
}

function serverTexts(plane: IpvsControlPlane): readonly ServerText[] {
  return [...plane.servers()]
    .map((server) => serverText(plane, server))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

function serverText(plane: IpvsControlPlane, server: VirtualServer): ServerText {
  const weighted = [
    ...server.realServers.map((endpoint) => `${addressOf(endpoint)} w1`),
    ...[...plane.draining.of(server.key)].map((address) => `${address} w0`),
  ];
  const timeout = server.persistentTimeout;
  return {
    key: server.key,
    realServers: weighted.sort(),
    ...(timeout === 0 ? {} : { persistentTimeout: timeout }),
  };
}
