/** A process in a container ends with an exit code. What follows is up to the restart policy of its pod. */
import type { Fault } from './fault.ts';

export interface ContainerCrash {
  /** "namespace/name". */
  readonly pod: string;
  /** All regular containers if absent. */
  readonly container?: string | undefined;
  /** 137 if absent: killed by SIGKILL. */
  readonly exitCode?: number | undefined;
}

export const containerCrash = ({ pod, container, exitCode = 137 }: ContainerCrash): Fault => ({
  kind: 'container-crash',
  target: container === undefined ? pod : `${pod}/${container}`,
  begin: ({ processes }) => {
    processes.crashContainer(pod, container, exitCode);
  },
});
