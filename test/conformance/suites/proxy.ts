/**
 * kube-proxy of Kubernetes v1.36.3: rules, calls and tables after each sync of the iptables and ipvs proxiers, health
 * check ports, conntrack cleanup; v1.25.16: choices and rules of the userspace proxier.
 */
import { IptablesControlPlane } from '../../../proxies/iptables/control-plane.ts';
import { IpvsControlPlane } from '../../../proxies/ipvs/control-plane.ts';
import type { PortState } from '../../../sim/network/port-rules.ts';
import type { ProxyNode } from '../../../sim/network/usable-endpoints.ts';
import type { GoldenCase, GoldenStep } from '../../support/proxies/golden-case.ts';
import { iptablesView, probabilityLists } from '../../support/proxies/iptables-view.ts';
import { ipvsView } from '../../support/proxies/ipvs-view.ts';
import { nodeOf, Replay, type ReplayedStep } from '../../support/proxies/replay.ts';
import { userspaceCases } from '../../support/proxies/userspace-cases.ts';
import { firstDifference } from '../difference.ts';
import type { CaseResult, ConformanceSuite, GoldenFile } from '../suite.ts';

export const suite = {
  name: 'proxy',
  *run(files) {
    for (const file of files) {
      if (file.path.startsWith('cases/')) yield* proxierCases(file);
      if (file.path === 'userspace.json') yield* userspaceCases(file.read());
    }
  },
} satisfies ConformanceSuite;

type JsonObject = Readonly<Record<string, unknown>>;
const property = (object: JsonObject, key: string): unknown => object[key];
/** What the model says of one step, to be compared with the properties that were recorded. */
type StepView = (replay: Replay, step: ReplayedStep, node: ProxyNode, recorded: JsonObject) => JsonObject;

function* proxierCases(file: GoldenFile): Iterable<CaseResult> {
  const golden = file.read() as GoldenCase;
  yield verdict(golden, 'iptables', (expect) => expect.iptables, iptablesSteps(golden));
  yield verdict(golden, 'ipvs', (expect) => expect.ipvs, ipvsSteps(golden));
  if (golden.steps.some((step) => step.expect.healthCheckNodePorts !== undefined)) {
    yield verdict(golden, 'health-check', (expect) => expect.healthCheckNodePorts ?? {}, healthSteps);
  }
}

function verdict(
  golden: GoldenCase,
  category: string,
  recordedIn: (expect: GoldenStep['expect']) => unknown,
  view: StepView,
): CaseResult {
  const id = `${category}/${golden.name}`;
  const difference = firstDifferingStep(golden, recordedIn, view);
  return difference === undefined
    ? { id, category, passed: true }
    : { id, category, passed: false, difference };
}

function firstDifferingStep(
  golden: GoldenCase,
  recordedIn: (expect: GoldenStep['expect']) => unknown,
  view: StepView,
): string | undefined {
  const replay = new Replay(golden);
  let node = nodeOf(golden);
  for (const [index, step] of golden.steps.entries()) {
    const recorded = recordedIn(step.expect) as JsonObject | undefined;
    if (recorded === undefined) return undefined;
    const replayed = replay.step(index);
    node = replayed.request.node ?? node;
    const got = view(replay, replayed, node, recorded);
    const difference = firstDifference(recordedOnly(recorded, got), got, `step ${index}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

/** The recorded properties that the model has something to say about. */
const recordedOnly = (recorded: JsonObject, got: JsonObject): JsonObject =>
  Object.fromEntries(Object.keys(got).map((key) => [key, recorded[key]]));

function iptablesSteps(golden: GoldenCase): StepView {
  const plane = new IptablesControlPlane(nodeOf(golden));
  return (replay, step, node, recorded) => {
    const got = iptablesView(plane, plane.sync(step.request));
    const state = property(recorded, 'state') as { filter: Recorded; nat: Recorded };
    return {
      ...got,
      ...conntrack(step, recorded),
      restoreInput: { ...(property(got, 'restoreInput') as JsonObject), bytes: bytesOf(recorded) },
      state: { ...state, ...withKinds(property(got, 'state') as Kinds, state, [...replay.ports()], node) },
    };
  };
}

interface Recorded {
  readonly byKind: JsonObject;
  readonly probabilities?: Readonly<Record<string, readonly string[]>>;
}
interface Kinds {
  readonly filter: Readonly<Record<string, { chains: number; rules: number }>>;
  readonly nat: Readonly<Record<string, { chains: number; rules: number }>>;
}

/** Chains by kind and in total; the probability lists only as a bag, since chain names are hashes. */
function withKinds(
  kinds: Kinds,
  state: { filter: Recorded; nat: Recorded },
  ports: PortState[],
  node: ProxyNode,
): JsonObject {
  const table = (name: 'filter' | 'nat'): JsonObject => {
    const all = Object.values(kinds[name]);
    return {
      ...state[name],
      byKind: kinds[name],
      kubeChains: all.reduce((sum, kind) => sum + kind.chains, 0),
      kubeRules: all.reduce((sum, kind) => sum + kind.rules, 0),
    };
  };
  const nat = table('nat');
  const lists = state.nat.probabilities;
  if (lists === undefined) return { filter: table('filter'), nat };
  const recorded = Object.values(lists)
    .map((list) => list.join(' '))
    .sort();
  const got = probabilityLists(ports, node);
  const same = recorded.length === got.length && recorded.every((text, i) => text === got[i]);
  return { filter: table('filter'), nat: { ...nat, probabilities: same ? lists : got } };
}

const bytesOf = (recorded: JsonObject): unknown =>
  property(property(recorded, 'restoreInput') as JsonObject, 'bytes');

/** Cleanup is recorded only where it ran, and what remains only where entries had been put in. */
function conntrack(step: ReplayedStep, recorded: JsonObject): JsonObject {
  const { cleanupRuns, deleted, remaining } = step.conntrack;
  if (cleanupRuns === 0) return { conntrack: undefined };
  const withRemaining =
    property((property(recorded, 'conntrack') ?? {}) as JsonObject, 'remaining') !== undefined;
  return { conntrack: { cleanupRuns, deleted, ...(withRemaining ? { remaining } : {}) } };
}

function ipvsSteps(golden: GoldenCase): StepView {
  let connections: ReadonlyMap<string, number> = new Map();
  const plane = new IpvsControlPlane(nodeOf(golden), (_, realServer) => connections.get(realServer) ?? 0);
  return (replay, step, _node, recorded) => {
    connections = replay.connections;
    if (step.drainingTick) plane.checkDraining();
    const got = ipvsView(plane, plane.sync(step.request));
    const servers = property(recorded, 'servers') as readonly JsonObject[] | null | undefined;
    return {
      ...got,
      ...conntrack(step, recorded),
      restoreInput: { ...(property(got, 'restoreInput') as JsonObject), bytes: bytesOf(recorded) },
      servers:
        servers === undefined ? undefined : asRecorded(property(got, 'servers') as readonly JsonObject[]),
    };
  };
}

/** Empty lists were recorded as null. */
const asRecorded = (servers: readonly JsonObject[]): readonly JsonObject[] | null =>
  servers.length === 0
    ? null
    : servers.map((server) => {
        const realServers = property(server, 'realServers') as readonly string[];
        return { ...server, realServers: realServers.length === 0 ? null : realServers, scheduler: 'rr' };
      });

/** Ready endpoints on the node itself, by service. */
function healthSteps(replay: Replay, _step: ReplayedStep, node: ProxyNode): JsonObject {
  const services: Record<string, { port: number; localReadyEndpoints: number }> = {};
  for (const { port, endpoints } of replay.ports()) {
    if (port.healthCheckNodePort === 0) continue;
    const local = new Set(endpoints.filter((e) => e.ready && e.nodeName === node.name).map((e) => e.ip));
    const known = services[port.service]?.localReadyEndpoints ?? 0;
    services[port.service] = {
      port: port.healthCheckNodePort,
      localReadyEndpoints: Math.max(known, local.size),
    };
  }
  return services;
}
