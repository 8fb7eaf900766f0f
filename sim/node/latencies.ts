/** How long things take on a node: one table of constants, each with its value, origin and standing. */
import { durationsOf, type TimeConstant } from '../engine/index.ts';

export const nodeLatencies = {
  /** RunPodSandbox: pause container, network namespace, address from CNI. */
  sandboxStartUs: {
    valueUs: 300e3,
    standing: 'assumed',
    origin: 'a few hundred ms with containerd and a bridge CNI on an idle node',
  },
  /** CreateContainer and StartContainer, image present. */
  containerStartUs: {
    valueUs: 150e3,
    standing: 'assumed',
    origin: 'create and start of a small container with containerd and runc',
  },
  /** First check of a pod's volumes after the one that finds them not mounted yet; only pods with volumes wait. */
  volumeWaitUs: {
    valueUs: 300e3,
    standing: 'documented',
    origin: 'podAttachAndMountRetryInterval of the kubelet volume manager',
  },
  /** How long an init container runs before it exits with 0. */
  initRunUs: { valueUs: 1e6, standing: 'assumed', origin: 'a short preparation step' },
  /** From SIGTERM to the end of a container's process, unless what its preStop hook left of the grace period is shorter. */
  stopUs: { valueUs: 100e3, standing: 'assumed', origin: 'a server that ends at once on SIGTERM' },
  /** StopPodSandbox, volumes, cgroup: from the last container's end to the final delete of the pod. */
  teardownUs: {
    valueUs: 100e3,
    standing: 'assumed',
    origin: 'network teardown and unmounts with containerd on an idle node',
  },
  /** Registry round trips and set-up of one image pull, without the bytes. */
  pullOverheadUs: {
    valueUs: 500e3,
    standing: 'assumed',
    origin: 'token, manifest and configuration from a registry in the same region',
  },
  /** Period of the generic pod lifecycle event generator: how soon the kubelet notices a change in the runtime. */
  relistUs: { valueUs: 1e6, standing: 'documented', origin: 'genericPlegRelistPeriod of the kubelet' },
  /** From a machine's boot (or the kubelet's restart) to the kubelet's first act. */
  kubeletStartUs: {
    valueUs: 1e6,
    standing: 'assumed',
    origin: 'start of the kubelet process; the boot itself belongs to the repair time',
  },
  /** Period of lease renewals: a quarter of the 40 s lease. */
  leaseRenewUs: {
    valueUs: 10e6,
    standing: 'documented',
    origin: 'nodeLeaseDurationSeconds 40, renewed at a quarter of it',
  },
  /** Period in which a changed node status is posted. */
  nodeStatusUs: { valueUs: 10e6, standing: 'documented', origin: 'nodeStatusUpdateFrequency of the kubelet' },
  /** Longest wait before a pod in back-off is looked at again. */
  resyncUs: { valueUs: 60e6, standing: 'documented', origin: 'syncFrequency of the kubelet' },
} as const satisfies Readonly<Record<string, TimeConstant>>;

export const defaultNodeLatencies = durationsOf(nodeLatencies);
export type NodeLatencies = typeof defaultNodeLatencies;
