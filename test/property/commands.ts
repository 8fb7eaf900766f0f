/** Random things that people, machines and faults do to a small cluster, as plain data that shrinks well. */
import fc from 'fast-check';

export interface PodSize {
  readonly cpuMilli: number;
  /** Of the class `high`, which may preempt. */
  readonly important: boolean;
}

/** Objects and nodes go by small numbers: the commands meet on the same ones. */
export type Command =
  | ({
      readonly do: 'apply-deployment';
      readonly name: number;
      readonly replicas: number;
      readonly maxSurge: number;
      readonly maxUnavailable: number;
      readonly recreate: boolean;
      /** No two of its pods on one node. */
      readonly apart: boolean;
    } & PodSize)
  | { readonly do: 'scale-deployment'; readonly name: number; readonly replicas: number }
  | { readonly do: 'set-image'; readonly name: number; readonly image: number }
  | ({
      readonly do: 'apply-job';
      readonly name: number;
      readonly completions: number;
      readonly parallelism: number;
      readonly runSeconds: number;
      readonly exitCode: number;
      readonly backoffLimit: number;
    } & PodSize)
  | ({
      readonly do: 'apply-pod';
      readonly name: number;
      /** Undefined: it does not end by itself. */
      readonly runSeconds: number | undefined;
      readonly exitCode: number;
      readonly restartPolicy: 'Always' | 'OnFailure' | 'Never';
      /** Set in the manifest, past the scheduler. */
      readonly node: number | undefined;
      readonly init: boolean;
      readonly sidecar: boolean;
    } & PodSize)
  | { readonly do: 'delete'; readonly kind: 'Deployment' | 'Job' | 'Pod'; readonly name: number }
  | { readonly do: 'cordon' | 'uncordon' | 'drain' | 'delete-node'; readonly node: number }
  | { readonly do: 'crash' | 'stop-kubelet'; readonly node: number; readonly forSeconds: number }
  | { readonly do: 'crash-container'; readonly name: number; readonly exitCode: number }
  | { readonly do: 'fail-zone'; readonly zone: number; readonly forSeconds: number };

export interface TimedCommand {
  readonly atMs: number;
  readonly command: Command;
}

/** `none`: everything at once, so that ties decide; `slow-watch`: everybody acts on what was true a second ago. */
export type Latency = 'none' | 'default' | 'slow-watch';

/** A cluster and its history. */
export interface History {
  readonly seed: number;
  readonly nodes: number;
  readonly zones: number;
  /** Of every node. */
  readonly cores: number;
  readonly podsPerNode: number;
  /** Of the control plane. */
  readonly latency: Latency;
  readonly commands: readonly TimedCommand[];
}

const small = (max: number) => fc.integer({ min: 0, max });
const one = (max: number) => fc.integer({ min: 1, max });
const size = { cpuMilli: fc.constantFrom(100, 400, 900, 1700), important: fc.boolean() };
const is = <const T>(value: T) => fc.constant(value);

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: is('apply-deployment'),
      name: small(2),
      replicas: small(6),
      maxSurge: one(2),
      maxUnavailable: small(2),
      recreate: fc.boolean(),
      apart: fc.boolean(),
      ...size,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: is('scale-deployment'), name: small(2), replicas: small(8) }) },
  { weight: 2, arbitrary: fc.record({ do: is('set-image'), name: small(2), image: one(3) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: is('apply-job'),
      name: small(1),
      completions: one(4),
      parallelism: one(3),
      runSeconds: one(60),
      exitCode: fc.constantFrom(0, 0, 1),
      backoffLimit: small(2),
      ...size,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: is('apply-pod'),
      name: small(3),
      runSeconds: fc.option(one(100), { nil: undefined }),
      exitCode: fc.constantFrom(0, 1),
      restartPolicy: fc.constantFrom('Always', 'OnFailure', 'Never'),
      node: fc.option(small(4), { nil: undefined, freq: 3 }),
      init: fc.boolean(),
      sidecar: fc.boolean(),
      ...size,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: is('delete'),
      kind: fc.constantFrom('Deployment', 'Job', 'Pod'),
      name: small(3),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('cordon', 'uncordon', 'drain', 'delete-node'),
      node: small(4),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('crash', 'stop-kubelet'),
      node: small(4),
      forSeconds: one(150),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: is('crash-container'), name: small(3), exitCode: fc.constantFrom(0, 137) }),
  },
  { weight: 1, arbitrary: fc.record({ do: is('fail-zone'), zone: small(1), forSeconds: one(150) }) },
);

/** All commands fall into the first `WITHIN_S` seconds, and what fails is back by `QUIET_FROM_S`. */
export const WITHIN_S = 240;
export const QUIET_FROM_S = 420;

export const history: fc.Arbitrary<History> = fc.record({
  seed: fc.nat(9999),
  nodes: one(5),
  zones: one(2),
  cores: one(4),
  podsPerNode: fc.integer({ min: 3, max: 12 }),
  latency: fc.constantFrom('default', 'none', 'slow-watch'),
  commands: fc.array(fc.record({ atMs: fc.integer({ min: 0, max: WITHIN_S * 1000 }), command }), {
    minLength: 1,
    maxLength: 30,
    size: 'max',
  }),
});
