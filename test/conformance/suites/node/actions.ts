/** Hands recorded runtime states to the kubelet's sync decision. */
import type { Pod } from '../../../../sim/api/index.ts';
import { podActions, type RuntimeState, type RuntimeStatus } from '../../../../sim/node/pod-actions.ts';

interface Recorded {
  readonly container: string;
  readonly id: string;
  readonly state: RuntimeState;
  readonly exitCode: number;
  readonly imageChangedSinceStart?: boolean;
}

interface ActionsCase {
  readonly pod: Pod;
  readonly sandbox: 'none' | 'ready' | 'notReady';
  readonly runtimeStatuses?: readonly Recorded[];
  readonly liveness?: Readonly<Record<string, boolean>>;
  readonly startup?: Readonly<Record<string, boolean>>;
}

export function podActionsAnswer({ pod, sandbox, runtimeStatuses, liveness, startup }: ActionsCase): unknown {
  const recorded = new Map((runtimeStatuses ?? []).map((status) => [status.container, status]));
  const find = (name: string): RuntimeStatus | undefined => {
    const status = recorded.get(name);
    if (status === undefined) return undefined;
    return {
      state: status.state,
      exitCode: status.exitCode,
      imageChanged: status.imageChangedSinceStart ?? false,
      liveness: liveness?.[status.id],
      startup: startup?.[status.id],
    };
  };
  const actions = podActions(pod, { sandbox, attempt: 0, find, empty: recorded.size === 0 });
  const killed = actions.toKill.map(({ name, message, reason }) => ({
    id: recorded.get(name)!.id,
    message,
    reason,
  }));
  return {
    killPod: actions.killPod,
    createSandbox: actions.createSandbox,
    attempt: actions.attempt,
    initToStart: actions.initToStart.map((i) => pod.spec.initContainers![i]!.name),
    containersToStart: actions.toStart.map((i) => pod.spec.containers[i]!.name),
    containersToKill: killed.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)),
  };
}
