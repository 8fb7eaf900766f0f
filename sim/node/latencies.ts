/** How long things take on a node: one table of constants, each with unit, value, origin and standing. */

export interface NodeLatencies {
  /** RunPodSandbox: pause container, network namespace, address from CNI. */
  readonly sandboxStartUs: number;
  /** CreateContainer and StartContainer, image present. */
  readonly containerStartUs: number;
  /** First check of a pod's volumes after the one that finds them not mounted yet; only pods with volumes wait. */
  readonly volumeWaitUs: number;
  /** How long an init container runs before it exits with 0. */
  readonly initRunUs: number;
  /** From SIGTERM to the end of a container's process, unless its grace period is shorter. */
  readonly stopUs: number;
  /** StopPodSandbox, volumes, cgroup: from the last container's end to the final delete of the pod. */
  readonly teardownUs: number;
  /** Registry round trips and set-up of one image pull, without the bytes. */
  readonly pullOverheadUs: number;
  /** Period of the generic pod lifecycle event generator: how soon the kubelet notices a change in the runtime. */
  readonly relistUs: number;
  /** From a machine's boot (or the kubelet's restart) to the kubelet's first act. */
  readonly kubeletStartUs: number;
  /** Period of lease renewals: a quarter of the 40 s lease. */
  readonly leaseRenewUs: number;
  /** Period in which a changed node status is posted. */
  readonly nodeStatusUs: number;
  /** Longest wait before a pod in back-off is looked at again. */
  readonly resyncUs: number;
}

export interface NodeLatencyRow {
  readonly name: keyof NodeLatencies;
  readonly unit: 'µs';
  readonly value: number;
  readonly origin: string;
  readonly standing: 'measured' | 'documented' | 'assumed';
}

const row = (
  name: keyof NodeLatencies,
  value: number,
  standing: NodeLatencyRow['standing'],
  origin: string,
): NodeLatencyRow => ({ name, unit: 'µs', value, origin, standing });

export const nodeLatencyTable: readonly NodeLatencyRow[] = [
  row(
    'sandboxStartUs',
    300e3,
    'assumed',
    'a few hundred ms with containerd and a bridge CNI on an idle node',
  ),
  row('containerStartUs', 150e3, 'assumed', 'create and start of a small container with containerd and runc'),
  row('volumeWaitUs', 300e3, 'documented', 'podAttachAndMountRetryInterval of the kubelet volume manager'),
  row('initRunUs', 1e6, 'assumed', 'a short preparation step'),
  row('stopUs', 100e3, 'assumed', 'a server that ends at once on SIGTERM'),
  row('teardownUs', 100e3, 'assumed', 'network teardown and unmounts with containerd on an idle node'),
  row(
    'pullOverheadUs',
    500e3,
    'assumed',
    'token, manifest and configuration from a registry in the same region',
  ),
  row('relistUs', 1e6, 'documented', 'genericPlegRelistPeriod of the kubelet'),
  row(
    'kubeletStartUs',
    1e6,
    'assumed',
    'start of the kubelet process; the boot itself belongs to the repair time',
  ),
  row('leaseRenewUs', 10e6, 'documented', 'nodeLeaseDurationSeconds 40, renewed at a quarter of it'),
  row('nodeStatusUs', 10e6, 'documented', 'nodeStatusUpdateFrequency of the kubelet'),
  row('resyncUs', 60e6, 'documented', 'syncFrequency of the kubelet'),
];

export const defaultNodeLatencies: NodeLatencies = {
  sandboxStartUs: 300e3,
  containerStartUs: 150e3,
  volumeWaitUs: 300e3,
  initRunUs: 1e6,
  stopUs: 100e3,
  teardownUs: 100e3,
  pullOverheadUs: 500e3,
  relistUs: 1e6,
  kubeletStartUs: 1e6,
  leaseRenewUs: 10e6,
  nodeStatusUs: 10e6,
  resyncUs: 60e6,
};
