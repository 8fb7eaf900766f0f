/** What plugins are offered, made of what a profile gets from its scheduler: `framework.Handle`, Kubernetes v1.36. */
import type { Pod } from '../../api/index.ts';
import type { SimTime } from '../../engine/index.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import type { Filtering } from './filtering.ts';
import type { Handle, WaitingPod } from './interface.ts';
import type { Listers } from './listers.ts';
import type { Nominator } from './nominator.ts';
import type { PluginMemories } from './plugin-memories.ts';

/** What a profile needs from its scheduler. */
export interface FrameworkServices {
  readonly snapshot: Snapshot;
  readonly listers: Listers;
  readonly nominator: Nominator;
  now(): SimTime;
  draw(purpose: string, object: string, n: number): number;
  isPreempting(uid: string): boolean;
  waitingPods(): readonly WaitingPod[];
  activate(pods: readonly Pod[]): void;
  /** How to get to this point again: seed and simulated time. */
  replay(): string;
  /** Freeze what policies are given, so that writing to it is caught. */
  readonly checkPolicies?: boolean | undefined;
}

/** `filtering`: known once the plugins are, which are built with the handle. */
export function makeHandle(
  profileName: string,
  services: FrameworkServices,
  memories: PluginMemories,
  filtering: () => Filtering,
): Handle {
  return {
    profileName,
    snapshot: services.snapshot,
    listers: services.listers,
    now: () => services.now(),
    draw: (purpose, object, n) => services.draw(purpose, object, n),
    nominatedPods: (node) => services.nominator.on(node),
    runFilters: (state, _pod, node) => filtering().filter(state, node),
    runAddPod: (state, _pod, added, node) => filtering().addPod(state, added, node),
    runRemovePod: (state, _pod, removed, node) => filtering().removePod(state, removed, node),
    isPreempting: (uid) => services.isPreempting(uid),
    waitingPods: () => services.waitingPods(),
    activate: (pods) => services.activate(pods),
    memory: (initial) => memories.of('', initial),
  };
}
