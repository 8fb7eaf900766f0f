/**
 * How each table of `golden/node` is asked of the rules in `sim/node`. Input shapes: `golden/node/README.md`. No run uses
 * the rules of `qos_oom_score`, `cgroup_values` and `node_shutdown` yet.
 */
import type { Condition, ContainerStatus, Deployment, Job, Node, Pod } from '../../../../sim/api/index.ts';
import {
  CONTAINERS_READY,
  INITIALIZED,
  type OwnCondition,
  podVerdicts,
  postedCondition,
  READY,
  READY_TO_START,
  type Verdict,
} from '../../../../sim/node/pod-conditions.ts';
import { type PodFacts, podPhase } from '../../../../sim/node/pod-phase.ts';
import {
  podRowConditions,
  printDeployment,
  printJob,
  printNode,
  printPod,
} from '../../../../sim/node/printer.ts';
import { podActionsAnswer } from './actions.ts';
import { admissionAnswer } from './admission.ts';
import { containerRestart, imagePull } from './backoff.ts';
import { cpuConversion, nodeShutdown, oomScores, podConfig } from './resources.ts';

// biome-ignore lint/suspicious/noExplicitAny: recorded input, its shape is documented beside it.
type Answer = (input: any) => unknown;

interface Printed<T> {
  readonly now: string;
  readonly object: T;
}

interface PhaseCase {
  readonly pod: Pod;
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly statusesKnown: boolean;
  readonly podIsTerminal: boolean;
  readonly podHasInitialized: boolean;
  readonly static: boolean;
  readonly sandbox: string;
  readonly oldConditions?: readonly Condition[];
  readonly gateConditions?: readonly Condition[];
}

const USABLE_SANDBOX = ['ready', 'hostNetworkReady'];

function phaseAndConditions(given: PhaseCase): unknown {
  const { pod } = given;
  const all = [...(given.containerStatuses ?? []), ...(given.initContainerStatuses ?? [])];
  const facts: PodFacts = {
    ...given,
    statuses: given.statusesKnown ? all : undefined,
    isStatic: given.static,
    oldConditions: given.oldConditions,
    gateConditions: given.gateConditions,
    sandboxReady: USABLE_SANDBOX.includes(given.sandbox),
  };
  const phase = podPhase(facts);
  const verdicts = podVerdicts(facts, phase);
  const posted = (own: OwnCondition, verdict: Verdict) =>
    postedCondition(own, verdict, pod.metadata.generation, undefined, undefined);
  return {
    phase,
    readyToStart: posted(READY_TO_START, verdicts.readyToStart),
    initialized: posted(INITIALIZED, verdicts.initialized),
    ready: posted(READY, verdicts.ready),
    containersReady: posted(CONTAINERS_READY, verdicts.containersReady),
  };
}

/** By category: the table's name, with its kind after a slash if its rows have kinds. */
export const answers: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  [
    'printer_pods',
    ({ now, object }: Printed<Pod>) => ({
      ...printPod(object, Date.parse(now)),
      $rowConditions: podRowConditions(object),
    }),
  ],
  ['printer_nodes', ({ now, object }: Printed<Node>) => printNode(object, Date.parse(now))],
  ['printer_deployments', ({ now, object }: Printed<Deployment>) => printDeployment(object, Date.parse(now))],
  ['printer_jobs', ({ now, object }: Printed<Job>) => printJob(object, Date.parse(now))],
  ['pod_phase_conditions', phaseAndConditions],
  ['pod_actions', podActionsAnswer],
  ['kubelet_admission', admissionAnswer],
  ['backoff_sequences/containerRestart', containerRestart],
  ['backoff_sequences/imagePull', imagePull],
  ['qos_oom_score', oomScores],
  ['cgroup_values/convert', cpuConversion],
  ['cgroup_values/podConfig', podConfig],
  ['node_shutdown', nodeShutdown],
]);
