/** Mistakes in a KubeSchedulerConfiguration: all at once, each at its place in the file, with what to do. */
import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../sim/api/index.ts';
import { loadRegistries } from '../../sim/registries.ts';
import { loadScenario } from '../../sim/scenario/index.ts';
import { configurationProblems, readConfiguration } from '../../sim/scheduler/index.ts';

const registries = loadRegistries();
const { plugins, defaultPlugins } = registries;
const HEADER = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';
const SCENARIO = 'apiVersion: kubedes.io/v1\nkind: Scenario\nmetadata: { name: s }\n';

/** What is said of a configuration file, without the indentation of hints. */
function saidOf(config: string, scenario = `${SCENARIO}scheduler: { config: config.yaml }\n`): string[] {
  const texts = new Map([
    ['s.yaml', scenario],
    ['config.yaml', config],
  ]);
  const files = {
    read: (path: string) => texts.get(path),
    resolve: (_: string, path: string) => path,
    show: (path: string) => path,
  };
  const { diagnostics } = loadScenario('s.yaml', files, { registries });
  return diagnostics.map((each) => formatDiagnostic(each).replace(/\n {4}/g, ' | '));
}

const profile = (text: string): string => `${HEADER}profiles:\n- ${text.trim().replaceAll('\n', '\n  ')}\n`;

const CASES: readonly [name: string, config: string, said: readonly string[]][] = [
  ['the default written out', profile('schedulerName: default-scheduler'), []],
  [
    'an older version',
    'apiVersion: kubescheduler.config.k8s.io/v1beta3\nkind: KubeSchedulerConfiguration\n',
    [
      'config.yaml:1:13: error: apiVersion: expected kubescheduler.config.k8s.io/v1, found "kubescheduler.config.k8s.io/v1beta3" | hint: Kubernetes v1.36 no longer reads this version; v1 has taken its place',
    ],
  ],
  [
    'another kind, and no version',
    'kind: Pod\n',
    [
      'config.yaml:1:1: error: apiVersion: expected kubescheduler.config.k8s.io/v1, found nothing',
      'config.yaml:1:7: error: kind: expected KubeSchedulerConfiguration, found "Pod"',
    ],
  ],
  [
    'a misspelt field',
    `${HEADER}percentageOfNodesToScor: 50\n`,
    [
      'config.yaml:3:26: error: percentageOfNodesToScor: unknown field "percentageOfNodesToScor" | hint: did you mean percentageOfNodesToScore?',
    ],
  ],
  [
    'values out of range',
    `${HEADER}percentageOfNodesToScore: 101\npodInitialBackoffSeconds: 0\nclientConnection: { qps: -1 }\n`,
    [
      'config.yaml:3:27: error: percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]',
      'config.yaml:4:27: error: podInitialBackoffSeconds: Invalid value: 0: not in valid range [1-2147483647]',
      'config.yaml:5:26: error: clientConnection.qps: expected a number above 0, found -1',
    ],
  ],
  [
    'plugins that do not exist',
    profile(`
plugins:
  score:
    enabled: [{ name: NodeResourceFit }]
    disabled: [{ name: ImageLocalty }]
  multiPoint:
    enabled: [{ name: SelectorSpread }]
pluginConfig:
- { name: NodeAfinity, args: {} }`),
    [
      'config.yaml:6:25: error: profiles[0].plugins.score.enabled[0].name: plugin "NodeResourceFit" does not exist | hint: did you mean NodeResourcesFit?',
      'config.yaml:7:26: warning: profiles[0].plugins.score.disabled[0].name: plugin "ImageLocalty" does not exist, so it is not disabled either | hint: did you mean ImageLocality?',
      'config.yaml:9:25: error: profiles[0].plugins.multiPoint.enabled[0].name: plugin "SelectorSpread" does not exist | hint: gone since; in its place: PodTopologySpread with its default constraints',
      'config.yaml:11:13: error: profiles[0].pluginConfig[0].name: plugin "NodeAfinity" does not exist | hint: did you mean NodeAffinity?',
    ],
  ],
  [
    'a plugin at a point that it has nothing for, twice, with weight 0',
    profile(`
plugins:
  score: { enabled: [{ name: NodeName, weight: 0 }] }
  filter: { enabled: [{ name: NodePorts }, { name: NodePorts }] }`),
    [
      'config.yaml:5:32: error: profiles[0].plugins.score.enabled[0].name: plugin "NodeName" does not extend score plugin | hint: it extends filter',
      'config.yaml:5:50: warning: profiles[0].plugins.score.enabled[0].weight: weight 0 means 1, as to the real scheduler | hint: to take a plugin out of scoring, list it under score.disabled',
      'config.yaml:6:54: error: profiles[0].plugins.filter.enabled[1].name: Duplicate value: "NodePorts"',
    ],
  ],
  [
    'wrong arguments of several plugins',
    profile(`
pluginConfig:
- name: NodeResourcesFit
  args:
    scoringStrategy:
      type: LeastAlocated
      resources: [{ name: cpu, weight: 101 }, { name: memory, weight: 0 }]
- name: InterPodAffinity
  args: { hardPodAfinityWeight: 5 }
- name: PodTopologySpread
  args: { kind: PodTopologySpreadArg, defaultingType: List, defaultConstraints: [{ maxSkew: 1 }] }`),
    [
      'config.yaml:8:15: error: profiles[0].pluginConfig[0].args.scoringStrategy.type: Unsupported value: "LeastAlocated": supported values: "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio" | hint: did you mean LeastAllocated?',
      'config.yaml:9:42: error: profiles[0].pluginConfig[0].args.scoringStrategy.resources[0].weight: Invalid value: 101: not in valid range [1-100]',
      'config.yaml:11:35: error: profiles[0].pluginConfig[1].args.hardPodAfinityWeight: unknown field "hardPodAfinityWeight" | hint: did you mean hardPodAffinityWeight?',
      'config.yaml:13:19: error: profiles[0].pluginConfig[2].args.kind: expected PodTopologySpreadArgs, found "PodTopologySpreadArg"',
      'config.yaml:13:84: error: profiles[0].pluginConfig[2].args.defaultConstraints[0].topologyKey: Required value',
      'config.yaml:13:84: error: profiles[0].pluginConfig[2].args.defaultConstraints[0].whenUnsatisfiable: Required value',
    ],
  ],
  [
    'profiles that do not go together',
    `${HEADER}profiles:\n- schedulerName: a\n- schedulerName: a\n  plugins: { queueSort: { enabled: [{ name: EDF }], disabled: [{ name: '*' }] } }\n`,
    [
      'config.yaml:5:18: error: profiles[1].schedulerName: Duplicate value: "a", as in profiles[0]',
      'config.yaml:6:25: error: profiles[1].plugins.queueSort: queueSort must be the same in all profiles',
    ],
  ],
  [
    'a profile that cannot bind',
    profile(`plugins: { bind: { disabled: [{ name: DefaultBinder }] } }`),
    [
      'config.yaml:4:3: error: profiles[0]: at least one bind plugin is needed for profile with scheduler name "default-scheduler"',
    ],
  ],
  [
    'text that is no YAML',
    `${HEADER}profiles: [\n`,
    [expect.stringMatching(/^config\.yaml:\d+:\d+: error: not valid YAML: /) as unknown as string],
  ],
];

describe('a KubeSchedulerConfiguration', () => {
  it.each(CASES)('%s', (_, config, said) => {
    expect(saidOf(config)).toEqual(said);
  });

  it('within the scenario has its positions there', () => {
    const scenario = `${SCENARIO}scheduler:\n  config:\n    apiVersion: kubescheduler.config.k8s.io/v1\n    kind: KubeSchedulerConfiguration\n    profile: []\n`;
    expect(saidOf('', scenario)).toEqual([
      's.yaml:8:14: error: profile: unknown field "profile" | hint: did you mean profiles?',
    ]);
  });

  it('says as much of arguments beside a named profile', () => {
    const scenario = `${SCENARIO}scheduler:\n  profile: bin-packing\n  pluginConfig:\n    NodeResourceFit: {}\n    NodeResourcesFit: { ignoredResource: [a.b/c] }\n`;
    expect(saidOf('', scenario)).toEqual([
      's.yaml:7:22: error: NodeResourceFit: plugin "NodeResourceFit" does not exist | hint: did you mean NodeResourcesFit?',
      's.yaml:8:42: error: NodeResourcesFit.ignoredResource: unknown field "ignoredResource" | hint: did you mean ignoredResources?',
    ]);
  });

  it('is read in spite of warnings', () => {
    const document = {
      apiVersion: 'kubescheduler.config.k8s.io/v1',
      kind: 'KubeSchedulerConfiguration',
      percentageOfNodesToScore: 30,
      podMaxBackoffSeconds: 60,
      profiles: [
        {
          schedulerName: 'mine',
          plugins: { score: { enabled: [{ name: 'ImageLocality', weight: 0 }] } },
          pluginConfig: [{ name: 'InterPodAffinity', args: { hardPodAffinityWeight: 3 } }],
        },
      ],
    };
    expect(configurationProblems(document, defaultPlugins, plugins)).toHaveLength(1);
    const read = readConfiguration(document, defaultPlugins, plugins.keys());
    expect(read).toMatchObject({
      percentageOfNodesToScore: 30,
      maxBackoff: 60e6,
      profiles: [
        {
          schedulerName: 'mine',
          plugins: { score: { enabled: [{ name: 'ImageLocality' }] } },
          pluginConfig: new Map([['InterPodAffinity', { hardPodAffinityWeight: 3 }]]),
        },
      ],
    });
  });
});
