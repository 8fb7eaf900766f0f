/** Where the clients of a traffic generator live: spread evenly over the machines, in an order of their own, or outside. */
import type { RandomStreams } from '../engine/index.ts';
import type { Machine, World } from '../world/index.ts';
import type { ClientPlace } from './connector.ts';

/** Client i lives on machine i mod n of a keyed order of the machines that exist now. */
export function placesInCluster(
  world: World,
  random: RandomStreams,
  generator: string,
  clients: number | undefined,
): readonly ClientPlace[] {
  const ordered = [...world.machines()]
    .map((machine) => ({ machine, draw: random.draw('traffic-place', `${generator} ${machine.name}`) }))
    .sort((a, b) => a.draw - b.draw || a.machine.index - b.machine.index)
    .map(({ machine }) => machine);
  const count = clients ?? ordered.length;
  return Array.from({ length: count }, (_, client) => ({ client, machine: machineOf(ordered, client) }));
}

const machineOf = (ordered: readonly Machine[], client: number): Machine => ordered[client % ordered.length]!;

export const placesOutside = (clients: number): readonly ClientPlace[] =>
  Array.from({ length: clients }, (_, client) => ({ client, machine: undefined }));
