/** Small readings of container specs and statuses. Source: `pkg/api/v1/pod` and kubelet helpers, Kubernetes v1.36.3. */
import type { Container, ContainerStatus, PodSpec } from '../api/index.ts';

/** A restartable init container: started in its turn, then running beside the regular ones. */
export const isSidecar = (initContainer: Container): boolean => initContainer.restartPolicy === 'Always';

/** Undefined if there is none of that name. Lists are short: O(containers). */
export function statusOf(
  statuses: readonly ContainerStatus[] | undefined,
  name: string,
): ContainerStatus | undefined {
  if (statuses !== undefined) for (const status of statuses) if (status.name === name) return status;
  return undefined;
}

/** What is to be done about a container that ended with this exit code: own rules first, then own policy, then the pod's. */
export function shouldRestart(container: Container, spec: PodSpec, exitCode: number): boolean {
  if (container.restartPolicy !== undefined && matchesRestartRule(container, exitCode)) return true;
  switch (container.restartPolicy ?? spec.restartPolicy) {
    case 'OnFailure':
      return exitCode !== 0;
    case 'Never':
      return false;
    default:
      return true;
  }
}

function matchesRestartRule(container: Container, exitCode: number): boolean {
  for (const rule of container.restartPolicyRules ?? []) {
    const named = rule.exitCodes?.values?.includes(exitCode) ?? false;
    const matches =
      rule.exitCodes?.operator === 'In' ? named : rule.exitCodes?.operator === 'NotIn' && !named;
    if (matches) return rule.action === 'Restart' || rule.action === 'RestartAllContainers';
  }
  return false;
}
