/** What a scenario says about the kube-controller-manager, as the flags of that process. */
import type { ControllerFlags } from '../controllers/index.ts';
import type { Scenario } from './schema/scenario.ts';
import { durationOf } from './units.ts';

export function controllerFlags({ controllers = {} }: Scenario): ControllerFlags {
  const { nodeMonitorGracePeriod: grace, nodeEvictionRate: rate, terminatedPodGcThreshold } = controllers;
  const { endpointUpdatesBatchPeriod: endpoints, endpointSliceUpdatesBatchPeriod: slices } = controllers;
  return {
    nodeLifecycle: {
      ...(grace !== undefined && { monitorGracePeriod: durationOf(grace) }),
      ...(rate !== undefined && { evictionRate: rate }),
    },
    terminatedPodThreshold: terminatedPodGcThreshold,
    endpointUpdatesBatchPeriod: endpoints === undefined ? undefined : durationOf(endpoints),
    endpointSliceUpdatesBatchPeriod: slices === undefined ? undefined : durationOf(slices),
  };
}
