/** What is wrong with the scheduler's configuration: a KubeSchedulerConfiguration document, or arguments beside a named profile. */
import { type Diagnostic, type Position, readYaml } from '../api/index.ts';
import {
  type ConfigurationProblem,
  configurationProblems,
  defaultConfiguration,
  hintFor,
  profileNamed,
  profileProblems,
  readConfiguration,
} from '../scheduler/index.ts';
import type { Registries } from './registries.ts';
import type { Scenario } from './schema/scenario.ts';

type Path = readonly (string | number)[];
type PositionOf = (path: Path) => Position;

/** A document within the scenario or in a file of its own. */
export interface WrittenConfig {
  readonly value: unknown;
  readonly positionOf: PositionOf;
}

/** The first document of a file; undefined if it cannot be read. */
export function readSchedulerConfig(
  file: string,
  text: string,
): { readonly config: WrittenConfig | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const { documents, diagnostics } = readYaml(file, text);
  return { config: documents[0], diagnostics };
}

/** What pods may name as their scheduler. Throws ConfigurationError. */
export const schedulerNames = (config: unknown, { plugins, defaultPlugins }: Registries): string[] =>
  (config === undefined
    ? defaultConfiguration(defaultPlugins)
    : readConfiguration(config, defaultPlugins, plugins.keys())
  ).profiles.map(({ schedulerName }) => schedulerName);

/** Every mistake at its position, if the profile is one that the registries know. `positionOf`: in the scenario. */
export function schedulerDiagnostics(
  scenario: Scenario,
  config: WrittenConfig | undefined,
  positionOf: PositionOf,
  registries: Registries,
): Diagnostic[] {
  const { plugins, defaultPlugins } = registries;
  return config === undefined
    ? ofNamedProfile(scenario, positionOf, registries)
    : located(configurationProblems(config.value, defaultPlugins, plugins), config.positionOf);
}

function ofNamedProfile(
  { scheduler }: Scenario,
  positionOf: PositionOf,
  { plugins, defaultPlugins, profiles }: Registries,
): Diagnostic[] {
  const { profile = 'default', pluginConfig = {} } = scheduler ?? {};
  const named = profiles.get(profile);
  if (named === undefined) return [];
  const unknown = Object.keys(pluginConfig)
    .filter((name) => !plugins.has(name))
    .map((name) => ({
      path: name,
      message: `plugin "${name}" does not exist`,
      hint: hintFor(name, plugins.keys()),
    }));
  const merged = profileNamed(named, defaultPlugins, pluginConfig);
  const configured = [...merged.pluginConfig.keys()];
  const wrong = profileProblems(merged, plugins, '').map(({ path, ...problem }) => ({
    ...problem,
    path: path.replace(/^\.pluginConfig\[(\d+)\]\.args/, (_, i: string) => configured[Number(i)] ?? ''),
  }));
  return located([...unknown, ...wrong], (path) => positionOf(['scheduler', 'pluginConfig', ...path]));
}

const located = (problems: readonly ConfigurationProblem[], positionOf: PositionOf): Diagnostic[] =>
  problems.map(({ path, message, hint, warning }) => ({
    severity: warning === true ? 'warning' : 'error',
    ...positionOf(steps(path)),
    message: path === '' ? message : `${path}: ${message}`,
    hint,
  }));

/** `profiles[0].name` → ['profiles', 0, 'name']. */
const steps = (path: string): Path =>
  [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([text, index]) =>
    index === undefined ? text : Number(index),
  );
