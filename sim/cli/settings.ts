/** `--set path=value`: the value is read as YAML, so that numbers and lists work. */
import { parse as parseYaml } from 'yaml';
import type { SettingAxes } from '../experiment/compare/index.ts';
import { UsageError } from '../experiment/errors.ts';
import type { Settings } from '../scenario/index.ts';

/** Throws UsageError. */
export const parseSettings = (pairs: readonly string[]): Settings =>
  Object.fromEntries(
    splitPairs(pairs, 'expected path=value, such as cluster.nodes.0.count=100').map(
      ([path, text]): [string, unknown] => [path, yamlValue(path, text)],
    ),
  );

/** `path=value` holds for all cells; `path=value,value` opens an axis. Commas within brackets or quotes do not count. */
export function splitSettings(pairs: readonly string[]): { fixed: Settings; axes: SettingAxes } {
  const fixed: Record<string, unknown> = {};
  const axes: Record<string, readonly unknown[]> = {};
  for (const [path, text] of splitPairs(pairs, 'expected path=value or path=value,value')) {
    const values = splitValues(text).map((value) => yamlValue(path, value));
    if (values.length === 1) fixed[path] = values[0];
    else axes[path] = values;
  }
  return { fixed, axes };
}

function splitPairs(pairs: readonly string[], expected: string): [path: string, value: string][] {
  const found = new Map<string, string>();
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new UsageError(`--set ${pair}: ${expected}`);
    const path = pair.slice(0, equals);
    if (found.has(path)) throw new UsageError(`--set: ${path} is named twice (${expected})`);
    found.set(path, pair.slice(equals + 1));
  }
  return [...found];
}

function yamlValue(path: string, text: string): unknown {
  try {
    return parseYaml(text);
  } catch {
    throw new UsageError(
      `--set ${path}: not a value in YAML: ${text} (expected one such as 5, 10s, [a, b] or { cpu: 2 }; other texts in quotes)`,
    );
  }
}

const splitValues = (text: string): string[] =>
  text.match(/(?:\[[^\]]*\]|\{[^}]*\}|"[^"]*"|'[^']*'|[^,])+/g) ?? [text];
