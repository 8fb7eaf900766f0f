/** A zone or a rack loses power: every machine of the domain crashes at the same instant, and boots when the fault ends. */
import type { DomainLevel } from './failure-domains.ts';
import type { Fault } from './fault.ts';

export function domainOutage(level: Exclude<DomainLevel, 'node'>, name: string): Fault {
  const kind = `${level}-outage`;
  // A machine that joins during the outage is not part of it.
  let struck: readonly string[] = [];
  return {
    kind,
    target: name,
    begin({ domains, outages }) {
      struck = domains.machines(level, name).map((machine) => machine.name);
      for (const machine of struck) outages.begin(machine, kind);
    },
    end({ outages }) {
      for (const machine of struck) outages.end(machine, kind);
      struck = [];
    },
  };
}
