/**
 * Connections that clients keep open over several requests. An open connection keeps its endpoint as the proxy
 * mode says: TCP goes on with it whatever the rules become, until the pod is gone.
 */
import { NEVER, type SimTime } from '../engine/index.ts';
import type { Sandbox } from '../world/index.ts';
import type { Connector } from './connector.ts';
import type { Endpoint } from './endpoints.ts';
import type { ProxyMode } from './proxy.ts';
import type { ProxyNodeState } from './proxy-nodes.ts';
import type { PortHistory } from './rule-timeline.ts';

interface Connection {
  readonly sandbox: Sandbox;
  readonly endpoint: Endpoint;
  readonly linkUs: number;
  /** When it was opened: a process that began to listen later does not know it. */
  readonly processSince: SimTime;
  requestsLeft: number;
}

export class KeptConnections {
  readonly #requestsPerConnection: number;
  readonly #open: (Connection | undefined)[];

  constructor(clients: number, requestsPerConnection: number) {
    this.#requestsPerConnection = requestsPerConnection;
    this.#open = new Array<Connection | undefined>(clients).fill(undefined);
  }

  /** The client's connection stands as of the one just made. */
  open(client: number, { sandbox, endpoint, linkUs }: Connector): void {
    if (sandbox === undefined || endpoint === undefined) return;
    const processSince = sandbox.servingSince;
    const requestsLeft = this.#requestsPerConnection - 1;
    this.#open[client] = { sandbox, endpoint, linkUs, processSince, requestsLeft };
  }

  /** Whether the client sends its next request over the connection it has. */
  reuse(
    client: number,
    entry: ProxyNodeState | undefined,
    history: PortHistory | undefined,
    mode: ProxyMode,
    now: SimTime,
  ): boolean {
    const connection = this.#open[client];
    if (connection === undefined) return false;
    if (connection.requestsLeft === 0 || isRebalanced(connection, entry, history, mode, now)) {
      this.#open[client] = undefined;
      return false;
    }
    connection.requestsLeft--;
    return true;
  }

  /** Sets the connector's results as for a connection that stands, or that turns out to be dead. */
  load(client: number, connector: Connector, timeoutUs: number): void {
    const { sandbox, endpoint, linkUs, processSince } = this.#open[client]!;
    connector.endpoint = endpoint;
    connector.linkUs = linkUs;
    connector.stale = false;
    const alive =
      sandbox.goneAt === NEVER && (sandbox.servingSince === processSince || sandbox.servingSince === NEVER);
    connector.sandbox = alive ? sandbox : undefined;
    connector.outcome = alive ? 'ok' : sandbox.machine.up ? 'connection-reset' : 'connect-timeout';
    connector.latencyUs = alive ? 0 : sandbox.machine.up ? 2 * linkUs : timeoutUs;
    if (!alive) this.#open[client] = undefined;
  }
}

/** The mode gives a flow of this protocol another endpoint as soon as the rules have lost this one. */
function isRebalanced(
  { endpoint }: Connection,
  entry: ProxyNodeState | undefined,
  history: PortHistory | undefined,
  mode: ProxyMode,
  now: SimTime,
): boolean {
  const rules = history?.at(entry?.position(now) ?? -1);
  if (rules === undefined) return false;
  return mode.establishedFlows[rules.port.protocol] === 'rebalanced' && !rules.has(endpoint.key);
}
