/** A running cluster under a named profile, and pods as policies look at them. */
import { defaultPlugins, profiles } from '../../../policies/index.ts';
import { type PodSpec, podResources } from '../../../sim/api/index.ts';
import { defaultConfiguration, type PluginArguments, profileNamed } from '../../../sim/scheduler/index.ts';
import { RunningCluster } from '../scheduler/running-cluster.ts';

export interface PodWish {
  readonly cpu?: string;
  readonly memory?: string;
  /** Further requests, such as nvidia.com/gpu. */
  readonly requests?: Readonly<Record<string, string>>;
  /** Without the prefix kubedes.io/. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: Partial<PodSpec>;
  readonly owner?: string;
}

export class ProfileCluster extends RunningCluster {
  constructor(profile: string, pluginConfig: PluginArguments = {}, seed = 'seed') {
    const named = profiles.get(profile);
    if (named === undefined) throw new Error(`no profile ${profile}`);
    const configuration = {
      ...defaultConfiguration(defaultPlugins),
      profiles: [profileNamed(named, defaultPlugins, pluginConfig)],
    };
    super({ configuration, tieBreak: 'lowest-name' }, seed);
  }

  /** In namespace default. */
  submit(
    name: string,
    { cpu = '100m', memory = '1Mi', requests, annotations, labels, spec, owner }: PodWish = {},
  ): void {
    const resources = { requests: { cpu, memory, ...requests }, limits: { ...requests } };
    const prefixed = Object.entries(annotations ?? {}).map(([key, value]) => [`kubedes.io/${key}`, value]);
    const ownerReferences = [
      { apiVersion: 'batch/v1', kind: 'Job', name: owner, uid: `uid-${owner}`, controller: true },
    ];
    this.create(
      'pods',
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name,
          namespace: 'default',
          labels,
          annotations: Object.fromEntries(prefixed),
          ...(owner !== undefined && { ownerReferences }),
        },
        spec: { containers: [{ name: 'c', image: 'nginx', resources }], ...spec },
      },
      'default',
    );
  }

  /** Names of pods in the order in which they got a node. */
  get placedInOrder(): readonly string[] {
    return this.attempts.filter(({ result }) => result === 'scheduled').map(({ pod }) => pod.metadata.name);
  }

  /** CPU milli requested on a node by the pods bound to it. */
  cpuOn(node: string): number {
    return this.apiserver
      .list('pods')
      .filter(({ spec }) => spec.nodeName === node)
      .reduce((sum, { spec }) => sum + podResources(spec).cpuMilli, 0);
  }

  gpusOf(name: string): string | undefined {
    return this.pod(name)?.metadata.annotations?.['kubedes.io/gpu-index'];
  }
}
