/** Faults of the scenario → planned faults. */
import { type Labels, matchesLabels } from '../api/index.ts';
import type { ApiServer } from '../apiserver/index.ts';
import {
  containerCrash,
  domainOutage,
  type Fault,
  type Faults,
  kubeletStop,
  nodeCrash,
} from '../faults/index.ts';
import { distributionOf } from './distributions.ts';
import type { FaultSpec } from './schema/faults.ts';
import { durationOf, instantOf } from './units.ts';

export function planFault(faults: Faults, spec: FaultSpec, apiserver: ApiServer): void {
  if ('fail' in spec) {
    const duration = spec.for === undefined ? undefined : durationOf(spec.for);
    faults.script(instantOf(spec.at), faultOf(spec.fail, apiserver), duration);
    return;
  }
  const { name, level, failEvery, repair, nodes } = spec;
  faults.process({
    name,
    level,
    timeToFailure: distributionOf(failEvery),
    timeToRepair: distributionOf(repair),
    includes:
      nodes && ((machine) => matchesLabels(nodes, apiserver.get('nodes', '', machine.name)?.metadata.labels)),
  });
}

type Target = Extract<FaultSpec, { fail: unknown }>['fail'];

function faultOf(target: Target, apiserver: ApiServer): Fault {
  if ('node' in target) return nodeCrash(target.node);
  if ('nodeRunning' in target) return crashNodeRunning(target.nodeRunning, apiserver);
  if ('zone' in target) return domainOutage('zone', target.zone);
  if ('rack' in target) return domainOutage('rack', target.rack);
  if ('kubelet' in target) return kubeletStop(target.kubelet);
  return containerCrash(target);
}

/** The first node, by name, that runs a pod with these labels when the fault begins; nothing if there is none. */
function crashNodeRunning(labels: Labels, apiserver: ApiServer): Fault {
  let crash: Fault | undefined;
  return {
    kind: 'node-crash',
    target: Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    begin(context) {
      const nodes = apiserver
        .list('pods')
        .filter((pod) => pod.status?.phase === 'Running' && matchesLabels(labels, pod.metadata.labels))
        .map((pod) => pod.spec.nodeName ?? '')
        .sort();
      crash = nodes[0] === undefined ? undefined : nodeCrash(nodes[0]);
      crash?.begin(context);
    },
    end: (context) => crash?.end?.(context),
  };
}
