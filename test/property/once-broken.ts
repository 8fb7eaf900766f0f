/** Histories that once found a defect, of the program or of what is expected of it, shrunk: played before any random one. */
import type { History } from './commands.ts';

const rollout = {
  do: 'apply-deployment',
  name: 0,
  maxSurge: 2,
  maxUnavailable: 0,
  apart: false,
  important: false,
} as const;

export const onceBroken: readonly History[] = [
  // The answer to the eviction of a victim that went by itself came after its preemptor had begun another preemption.
  {
    seed: 0,
    nodes: 1,
    zones: 1,
    cores: 4,
    podsPerNode: 8,
    latency: 'default',
    commands: [
      {
        atMs: 0,
        command: {
          do: 'apply-deployment',
          name: 0,
          replicas: 5,
          maxSurge: 1,
          maxUnavailable: 0,
          recreate: false,
          apart: false,
          cpuMilli: 400,
          important: false,
        },
      },
      {
        atMs: 16,
        command: {
          do: 'apply-pod',
          name: 0,
          runSeconds: undefined,
          exitCode: 0,
          restartPolicy: 'Always',
          node: undefined,
          init: false,
          sidecar: false,
          cpuMilli: 100,
          important: false,
        },
      },
      { atMs: 55490, command: { do: 'scale-deployment', name: 2, replicas: 4 } },
      { atMs: 0, command: { do: 'crash', node: 0, forSeconds: 63 } },
      {
        atMs: 55488,
        command: {
          do: 'apply-deployment',
          name: 2,
          replicas: 3,
          maxSurge: 2,
          maxUnavailable: 2,
          recreate: false,
          apart: false,
          cpuMilli: 900,
          important: true,
        },
      },
      {
        atMs: 158488,
        command: {
          do: 'apply-pod',
          name: 0,
          runSeconds: undefined,
          exitCode: 1,
          restartPolicy: 'Always',
          node: 4,
          init: false,
          sidecar: false,
          cpuMilli: 900,
          important: true,
        },
      },
    ],
  },
  // A rollout that becomes Recreate while it is scaled stays as it is, upstream too.
  {
    seed: 0,
    nodes: 4,
    zones: 1,
    cores: 1,
    podsPerNode: 3,
    latency: 'default',
    commands: [
      { atMs: 0, command: { ...rollout, replicas: 2, recreate: false, cpuMilli: 100 } },
      { atMs: 44_288, command: { ...rollout, replicas: 5, recreate: false, cpuMilli: 200 } },
      { atMs: 44_800, command: { ...rollout, replicas: 0, recreate: true, cpuMilli: 100 } },
    ],
  },
];
