/** The recorded sequences and rule counts of the v1.25.16 userspace proxier (`golden/proxy/userspace.json`). */
import { RoundRobin } from '../../../proxies/userspace/balancer.ts';
import { FIXED_RULES, portalRules } from '../../../proxies/userspace/control-plane.ts';
import type { Service } from '../../../sim/api/index.ts';
import { START } from '../../../sim/engine/index.ts';
import { addressNumber } from '../../../sim/network/addresses.ts';
import { servicePorts } from '../../../sim/network/service-ports.ts';
import { firstDifference } from '../../conformance/difference.ts';
import type { CaseResult } from '../../conformance/suite.ts';

interface UserspaceGolden {
  readonly loadBalancer: readonly Sequence[];
  readonly rules: readonly RuleCase[];
}
interface Sequence {
  readonly name: string;
  readonly sessionAffinity: 'None' | 'ClientIP';
  readonly ttlSeconds: number;
  readonly steps: readonly Step[];
}
type Step =
  | { readonly op: 'endpoints'; readonly endpoints: readonly string[] }
  | {
      readonly op: 'connect';
      readonly client: string;
      readonly count: number;
      readonly affinityReset: boolean;
      readonly got: readonly string[];
    };
interface RuleCase {
  readonly name: string;
  readonly services: readonly Service[] | null;
  readonly rulesPerChain: Readonly<Record<string, number>>;
}

export function* userspaceCases(golden: unknown): Iterable<CaseResult> {
  const { loadBalancer, rules } = golden as UserspaceGolden;
  for (const sequence of loadBalancer)
    yield verdict('userspace', sequence.name, sequenceDifference(sequence));
  for (const each of rules) yield verdict('userspace-rules', each.name, rulesDifference(each));
}

const verdict = (category: string, name: string, difference: string | undefined): CaseResult => ({
  id: `${category}/${name}`,
  category,
  passed: difference === undefined,
  ...(difference === undefined ? {} : { difference }),
});

interface Address {
  readonly key: number;
  readonly address: string;
}

/** The shuffle is random: the order is read off the recorded choices, and everything else has to follow from it. */
function sequenceDifference(sequence: Sequence): string | undefined {
  const balancer = new RoundRobin<Address>();
  const sticky = sequence.sessionAffinity === 'ClientIP';
  const clients = [...new Set(sequence.steps.flatMap((s) => (s.op === 'connect' ? [s.client] : [])))];
  /** Where each client was sent last. */
  const stays = new Map<string, string>();
  for (const [index, step] of sequence.steps.entries()) {
    if (step.op === 'endpoints') {
      const order = recordedOrder(sequence.steps, index, sticky ? new Map(stays) : undefined);
      const members = [...order].sort((a, b) => a.key - b.key);
      balancer.update(members, () => shuffleTo(order, members));
      continue;
    }
    for (const [i, expected] of step.got.entries()) {
      const ttl = sticky ? sequence.ttlSeconds : 0;
      const chosen = balancer.choose(clients.indexOf(step.client), ttl, step.affinityReset, START);
      const got = chosen?.address ?? 'error: missing endpoints';
      stays.set(step.client, got);
      const difference = firstDifference(expected, got, `step ${index}, connection ${i}`);
      if (difference !== undefined) return difference;
    }
  }
  return undefined;
}

/** The draws that make the shuffle of `members` come out as `order`. */
function shuffleTo(order: readonly Address[], members: readonly Address[]): () => number {
  const current = [...members];
  let i = current.length - 1;
  return () => {
    const j = current.indexOf(order[i]!);
    const draw = (j + 0.5) / (i + 1);
    current[j] = current[i]!;
    i--;
    return draw;
  };
}

/** The new list in the order of the choices that affinity did not make; those never chosen come last. */
function recordedOrder(
  steps: readonly Step[],
  from: number,
  stays: Map<string, string> | undefined,
): readonly Address[] {
  const step = steps[from]!;
  const endpoints = step.op === 'endpoints' ? step.endpoints : [];
  const seen: string[] = [];
  for (const later of steps.slice(from + 1)) {
    if (later.op === 'endpoints') break;
    for (const address of later.got) {
      const stayed = !later.affinityReset && endpoints.includes(stays?.get(later.client) ?? '');
      if (!stayed && !seen.includes(address) && endpoints.includes(address)) seen.push(address);
      stays?.set(later.client, address);
    }
  }
  const rest = endpoints.filter((address) => !seen.includes(address));
  return [...seen, ...rest].map((address) => ({ address, key: addressNumber(address) ?? -1 }));
}

function rulesDifference({ services, rulesPerChain }: RuleCase): string | undefined {
  const ports = (services ?? []).flatMap((service) => servicePorts(service)).map(portalRules);
  const sum = (count: (rules: ReturnType<typeof portalRules>) => number): number =>
    ports.reduce((total, rules) => total + count(rules), 0);
  const got = {
    'filter/INPUT': FIXED_RULES.filter,
    'filter/KUBE-NODEPORT-NON-LOCAL': sum((r) => r.nodePortNonLocal),
    'nat/KUBE-NODEPORT-CONTAINER': sum((r) => r.nodePortContainer),
    'nat/KUBE-NODEPORT-HOST': sum((r) => r.nodePortHost),
    'nat/KUBE-PORTALS-CONTAINER': sum((r) => r.portalsContainer),
    'nat/KUBE-PORTALS-HOST': sum((r) => r.portalsHost),
    'nat/OUTPUT': FIXED_RULES.nat / 2,
    'nat/PREROUTING': FIXED_RULES.nat / 2,
  };
  return firstDifference(rulesPerChain, got);
}
