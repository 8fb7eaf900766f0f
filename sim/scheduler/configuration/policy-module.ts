/** A policy as a module brings it: its plugins, and how they change the default profile. */
import { isRecord } from '../../api/index.ts';
import type { PluginFactory } from '../framework/interface.ts';
import {
  type EnabledPlugin,
  type PluginSet,
  type PluginSets,
  POINT_NAMES,
  type PointName,
} from '../framework/profile.ts';
import type { NamedProfile } from './named-profile.ts';

/** As in a KubeSchedulerConfiguration: `*` under `disabled` stands for all defaults. */
export interface PolicyPluginSet {
  readonly enabled?: readonly EnabledPlugin[] | undefined;
  readonly disabled?: readonly string[] | undefined;
}

/** The named export `policy` of a policy module. */
export interface PolicyModule {
  /** By name. */
  readonly plugins: Readonly<Record<string, PluginFactory>>;
  /** Laid over the default profile, by extension point; where `multiPoint` is absent, all of `plugins` are enabled. */
  readonly profile?: Readonly<Partial<Record<PointName | 'multiPoint', PolicyPluginSet>>> | undefined;
  /** Arguments by plugin. */
  readonly args?: Readonly<Record<string, unknown>> | undefined;
  /** 100: every node is scored; absent: as many as Kubernetes would. */
  readonly percentageOfNodesToScore?: number | undefined;
}

const FIELDS = ['plugins', 'profile', 'args', 'percentageOfNodesToScore'];

/** What is wrong with what a module exports as its policy; empty if nothing is. */
export function policyModuleProblems(policy: unknown): readonly string[] {
  if (!isRecord(policy)) return ['expected a named export `policy`: an object with `plugins`'];
  const problems = Object.keys(policy)
    .filter((field) => !FIELDS.includes(field))
    .map((field) => `policy.${field}: unknown field (known: ${FIELDS.join(', ')})`);
  const { plugins, profile } = policy;
  if (!isRecord(plugins) || Object.keys(plugins).length === 0)
    problems.push('policy.plugins: expected at least one factory by its name');
  else
    for (const [name, factory] of Object.entries(plugins))
      if (typeof factory !== 'function')
        problems.push(`policy.plugins.${name}: expected a function (args, handle) => plugin`);
  const points: readonly string[] = [...POINT_NAMES, 'multiPoint'];
  for (const point of Object.keys(isRecord(profile) ? profile : {}))
    if (!points.includes(point))
      problems.push(`policy.profile.${point}: no such extension point (known: ${points.join(', ')})`);
  return problems;
}

/** `path` names the profile to people. */
export function profileOfModule(policy: PolicyModule, path: string): NamedProfile {
  const everything: PolicyPluginSet = { enabled: Object.keys(policy.plugins).map((name) => ({ name })) };
  const sets: { -readonly [P in keyof PluginSets]: PluginSet } = {};
  for (const point of [...POINT_NAMES, 'multiPoint'] as const) {
    const given = policy.profile?.[point] ?? (point === 'multiPoint' ? everything : undefined);
    if (given !== undefined) sets[point] = { enabled: given.enabled ?? [], disabled: given.disabled ?? [] };
  }
  return {
    meaning: `the policy of ${path}`,
    source: path,
    plugins: sets,
    pluginConfig: new Map(Object.entries(policy.args ?? {})),
    percentageOfNodesToScore: policy.percentageOfNodesToScore,
  };
}
