/** How many recorded decisions of kube-scheduler each plugin makes alike: the table in README.md. */
import { defaultPlugins } from '../../../policies/index.ts';
import type { Pod } from '../../../sim/api/index.ts';
import type { GoldenFile } from '../../conformance/suite.ts';
import { type GoldenObjects, type GoldenProfile, loadCluster } from './golden-cluster.ts';
import { evaluationView, preemptionView } from './golden-view.ts';

type ByNode<T> = Readonly<Record<string, T>>;
type ByPlugin<T> = Readonly<Record<string, T>>;
interface Verdict {
  readonly code: string;
  readonly plugin?: string;
  readonly reasons?: readonly string[];
}

/** What is recorded of a case, and what the simulator makes of it, in the same shape. */
interface Decided {
  readonly preEnqueue?: Verdict;
  readonly preFilter: Verdict & {
    readonly nodeNames?: readonly string[];
    readonly skipFilter?: readonly string[];
  };
  readonly filterAll?: ByNode<ByPlugin<Verdict>>;
  readonly scores?: ByNode<{ readonly plugins: ByPlugin<number> }>;
}
interface Preempted {
  readonly candidates?: ByNode<unknown>;
  readonly nonCandidates?: ByNode<unknown>;
}
interface RecordedCase {
  readonly profile: GoldenProfile;
  readonly cluster: GoldenObjects;
  readonly pod: Pod;
  readonly expected: Decided & { readonly preemption?: Preempted };
}

export interface Agreement {
  /** Decisions on a pod, or on a pod and a node. */
  verdicts: number;
  /** Of these, the recorded ones that refuse. */
  refusals: number;
  /** Normalised scores, weighted. */
  scores: number;
  /** Verdicts and scores that are alike. */
  alike: number;
  /** It refused something, or gave a score other than 0. */
  acted: boolean;
}

export class PluginAgreement {
  readonly byPlugin = new Map<string, Agreement>();

  /** The recorded cases of a set; other files are left out. */
  add(files: Iterable<GoldenFile>): this {
    for (const file of files)
      if (/^(filter-score|profiles|volumes|preemption)\.jsonl$/.test(file.path))
        for (const line of file.read() as readonly RecordedCase[]) this.#case(line);
    return this;
  }

  #case({ profile, cluster, pod, expected }: RecordedCase): void {
    const { framework } = loadCluster(cluster, profile);
    const { view, evaluation } = evaluationView(framework, pod);
    const got = view as unknown as Decided;
    if (expected.preEnqueue !== undefined)
      this.#verdict(expected.preEnqueue.plugin!, expected.preEnqueue, got.preEnqueue, true);
    if (expected.preFilter.code === 'Success')
      this.#filters(
        framework.plugins.at.filter.map(({ name }) => name),
        nodesOf(cluster),
        expected,
        got,
      );
    else this.#verdict(expected.preFilter.plugin!, expected.preFilter, got.preFilter, true);
    for (const [node, { plugins }] of Object.entries(expected.scores ?? {}))
      for (const [plugin, score] of Object.entries(plugins)) {
        this.#of(plugin).scores++;
        if (score !== 0) this.#of(plugin).acted = true;
        if (got.scores?.[node]?.plugins[plugin] === score) this.#of(plugin).alike++;
      }
    if (expected.preemption !== undefined)
      this.#victims(expected.preemption, preemptionView(framework, evaluation));
  }

  #filters(plugins: readonly string[], nodes: readonly string[], expected: Decided, got: Decided): void {
    const { nodeNames = nodes, skipFilter = [] } = expected.preFilter;
    for (const plugin of plugins)
      if (!skipFilter.includes(plugin))
        for (const node of nodeNames) {
          const wanted = expected.filterAll?.[node]?.[plugin];
          this.#verdict(plugin, wanted, got.filterAll?.[node]?.[plugin], wanted !== undefined);
        }
  }

  #victims(expected: Preempted, got: Preempted): void {
    for (const kind of ['candidates', 'nonCandidates'] as const)
      for (const [node, wanted] of Object.entries(expected[kind] ?? {}))
        this.#verdict('DefaultPreemption', wanted, got[kind]?.[node], kind === 'nonCandidates');
  }

  #verdict(plugin: string, wanted: unknown, found: unknown, refuses: boolean): void {
    const agreement = this.#of(plugin);
    agreement.verdicts++;
    if (refuses) agreement.refusals++;
    if (refuses) agreement.acted = true;
    if (text(wanted) === text(found)) agreement.alike++;
  }

  #of(plugin: string): Agreement {
    let agreement = this.byPlugin.get(plugin);
    if (agreement === undefined)
      this.byPlugin.set(
        plugin,
        (agreement = { verdicts: 0, refusals: 0, scores: 0, alike: 0, acted: false }),
      );
    return agreement;
  }
}

const number = (count: number): string => count.toLocaleString('en-US');

/** Plugins that acted at all, in the order of the default profile. */
export function agreementTable(files: Iterable<GoldenFile>): string {
  const { byPlugin } = new PluginAgreement().add(files);
  const names = (defaultPlugins.multiPoint?.enabled ?? []).map(({ name }) => name);
  const rows = names.flatMap((name) => {
    const agreement = byPlugin.get(name);
    if (agreement?.acted !== true) return [];
    const { verdicts, refusals, scores, alike } = agreement;
    const cells = [verdicts, refusals, scores].map((count) => (count === 0 ? '' : number(count)));
    return [`| ${name} | ${cells.join(' | ')} | ${number(alike)} of ${number(verdicts + scores)} |`];
  });
  return [
    '| plugin | verdicts | of these refusals | scores | alike |',
    '|---|--:|--:|--:|--:|',
    ...rows,
  ].join('\n');
}

const nodesOf = ({ nodes = [] }: GoldenObjects): string[] => nodes.map(({ metadata }) => metadata.name);

/** Canonical: fields by name, reasons as a set. */
const text = (value: unknown): string =>
  JSON.stringify(value, (key, field: unknown) => {
    if (key === 'reasons' && Array.isArray(field)) return [...field].sort();
    if (typeof field !== 'object' || field === null || Array.isArray(field)) return field;
    return Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)));
  }) ?? '';
