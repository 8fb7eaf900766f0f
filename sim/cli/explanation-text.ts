/** What `kubedes explain` prints: one section for each attempt. */

import { toSeconds } from '../engine/index.ts';
import type { AttemptGroup, PodExplanation } from '../experiment/explain.ts';
import type { NodeAnswer, NodeTotal, Refusal } from '../scheduler/index.ts';
import { onStdout } from './colours.ts';
import { formatTable } from './table.ts';

/** `width`: columns of the terminal. */
export function explanationText(explanation: PodExplanation, width: number): string {
  const { pod, attemptCount, attempts, omitted, fate } = explanation;
  const lines = [`${onStdout.bold(pod)} · ${counted(attemptCount, 'attempt')} · ${fate}`];
  for (const [i, attempt] of attempts.entries()) {
    if (i === 1 && omitted > 0)
      lines.push('', onStdout.dim(`… ${omitted} left out here; --attempt K shows one`));
    const another = i > 0 && attempts[i - 1]!.uid !== attempt.uid;
    lines.push('', ...section(attempt, another, width));
  }
  return lines.join('\n');
}

function section(attempt: AttemptGroup, another: boolean, width: number): string[] {
  const lines = [heading(attempt) + (another ? ' (another pod of this name)' : '')];
  lines.push(...indented(scoreTable(attempt, width)));
  if (attempt.refusals.length > 0) lines.push(...indented(refusalTable(attempt.refusals, width)));
  if (attempt.preemption !== undefined)
    lines.push(`  evicts ${attempt.preemption.victims.join(', ')} from ${attempt.preemption.node}`);
  if (attempt.message !== '') lines.push(...wrapped(`told the pod: ${attempt.message}`, width));
  if (attempt.whyNot !== undefined) lines.push(...indented(answer(attempt.whyNot, attempt)));
  return lines;
}

function heading({ attempt, time, repeats, lastAttempt, lastTime, ...rest }: AttemptGroup): string {
  const when =
    repeats === 0
      ? `Attempt ${attempt} at ${seconds(time)}`
      : `Attempts ${attempt} to ${lastAttempt}, ${seconds(time)} to ${seconds(lastTime)}, all alike`;
  return `${onStdout.bold(when)}: ${outcome(rest)}`;
}

const seconds = (time: AttemptGroup['time']): string => `${Number(toSeconds(time).toFixed(3))} s`;

type Outcome = Omit<AttemptGroup, 'attempt' | 'time' | 'repeats' | 'lastAttempt' | 'lastTime'>;

function outcome(attempt: Outcome): string {
  const { node, nodesLookedAt, nodesInCluster, feasibleNodes } = attempt;
  switch (attempt.outcome) {
    case 'error':
      return onStdout.red('failed');
    case 'unschedulable':
      return nodesLookedAt === 0
        ? `${onStdout.red('no node')}, and none was looked at`
        : `${onStdout.red('none')} of ${lookedAt(nodesLookedAt, nodesInCluster)}`;
    case 'scheduled':
      return `${onStdout.green(node)}, ${lead(attempt)}; ${feasibleNodes} fit, of ${lookedAt(nodesLookedAt, nodesInCluster)}`;
    default:
      return attempt.outcome satisfies never;
  }
}

/** "4 nodes" if all were; else also how many there are. */
const lookedAt = (looked: number, all: number): string =>
  looked === all ? counted(all, 'node') : `${counted(looked, 'node')} looked at, of ${all}`;

function lead({ scores, margin, ties }: Outcome): string {
  if (margin === undefined) return 'the only one that fits, so not scored';
  if (ties > 1) return `drawn among ${ties} with the highest score`;
  return `${counted(margin, 'point')} ahead of ${scores[1]?.node ?? 'the next'}`;
}

/** Plugins down, nodes across, as many as there is room for; at the end what the first is ahead of the second. */
function scoreTable({ scores, weights, feasibleNodes }: AttemptGroup, width: number): string[] {
  if (scores.length === 0) return [];
  const label = (plugin: string): string =>
    weights[plugin] === 1 ? plugin : `${plugin} ×${weights[plugin]}`;
  const [plugins, idle] = partition(Object.keys(weights), (plugin) =>
    scores.some((node) => node.plugins[plugin] !== 0),
  );
  const labels = plugins.map(label);
  const shown = scores.slice(0, fitting(scores, Math.max(0, ...labels.map(({ length }) => length)), width));
  const row = (name: string, value: (node: NodeTotal) => number): string[] => [
    name,
    ...shown.map((node) => String(value(node))),
    shown.length > 1 ? signed(value(shown[0]!) - value(shown[1]!)) : '',
  ];
  const table = formatTable(
    ['SCORE', ...shown.map(({ node }) => node), shown.length > 1 ? 'AHEAD' : ''],
    [
      ...plugins.map((plugin, i) => row(labels[i]!, ({ plugins: own }) => own[plugin] ?? 0)),
      row('total', ({ total }) => total),
    ],
    ['left', ...shown.map(() => 'right' as const), 'right'],
  ).split('\n');
  const more = feasibleNodes - shown.length;
  if (more > 0) table.push(onStdout.dim(`and ${counted(more, 'more node')} that fit`));
  if (idle.length > 0) table.push(onStdout.dim(`0 for all of these: ${idle.join(', ')}`));
  return table;
}

function partition<T>(all: readonly T[], test: (one: T) => boolean): readonly [T[], T[]] {
  return [all.filter(test), all.filter((one) => !test(one))];
}

const GAP = 3;

/** How many columns of nodes fit beside the labels: two at least. */
function fitting(scores: readonly NodeTotal[], labelWidth: number, width: number): number {
  let left = width - labelWidth - 'AHEAD'.length - 2 * GAP;
  let count = 0;
  for (const { node } of scores) {
    left -= Math.max(node.length, 3) + GAP;
    if (left < 0) break;
    count++;
  }
  return Math.max(count, 2);
}

const signed = (difference: number): string =>
  difference === 0 ? '' : difference > 0 ? `+${difference}` : `−${-difference}`;

function refusalTable(refusals: readonly Refusal[], width: number): string[] {
  const rows = refusals.map(({ plugin, reasons, count }) => [String(count), plugin, reasons.join(', ')]);
  const used = [0, 1, 2].reduce(
    (sum, column) => sum + GAP + Math.max(...rows.map((row) => row[column]!.length)),
    2,
  );
  return formatTable(
    ['NODES', 'REFUSED BY', 'BECAUSE', 'SUCH AS'],
    refusals.map(({ count, nodes }, i) => [...rows[i]!, examples(nodes, count, width - used)]),
    ['right'],
  ).split('\n');
}

/** As many names as there is room for, at least one. */
function examples(nodes: readonly string[], count: number, room: number): string {
  let text = nodes[0] ?? '';
  let shown = 1;
  for (; shown < nodes.length; shown++) {
    const longer = `${text}, ${nodes[shown]}`;
    if (longer.length + 3 > room) break;
    text = longer;
  }
  return shown < count ? `${text}, …` : text;
}

function answer(asked: NodeAnswer, attempt: AttemptGroup): string[] {
  const { node, lookedAt: looked, standing, refusals, flips } = asked;
  const question = onStdout.bold(`Why not ${node}?`);
  if (standing === undefined) return [`${question} There was no node of this name.`];
  const unseen =
    looked || attempt.nodesLookedAt === 0 ? '' : 'It was not looked at: enough nodes had been found. ';
  if (standing === 'best')
    return [`${question} ${unseen === '' ? 'It is the one.' : `${unseen}Else it would have been the one.`}`];
  if (standing === 'unscored')
    return [
      `${question} ${unseen}It fits, but no node was scored: ${refusals[0]?.reasons.join(', ') ?? ''}.`,
    ];
  const why =
    standing === 'refused'
      ? [...refusals].map(({ plugin, reasons }) => `${plugin} refuses it: ${reasons.join(', ')}`)
      : [scoredBelow(asked, standing)];
  return [
    `${question} ${unseen}${why[0] ?? ''}.`,
    ...why.slice(1).map((line) => `  ${line}.`),
    ...changes(standing, flips),
  ];
}

function scoredBelow({ node, behind, lostBy }: NodeAnswer, standing: 'outscored' | 'tied'): string {
  if (standing === 'tied') return `${node} had the highest score too; the draw fell on another`;
  const where = Object.entries(lostBy)
    .sort(([, a], [, b]) => b - a)
    .map(([plugin, points]) => `${plugin} ${signed(-points)}`);
  return `Its score is ${counted(behind, 'point')} lower (${where.join(', ')})`;
}

function changes(standing: 'refused' | 'outscored' | 'tied', flips: NodeAnswer['flips']): string[] {
  const effect = standing === 'refused' ? 'makes it fit' : 'makes it the best alone';
  if (flips.length === 0)
    return [`No single change of a request, a label, a toleration or a weight ${effect}.`];
  const rows = flips.map(({ text, wins }) => [
    text,
    standing !== 'refused'
      ? ''
      : wins
        ? 'and it would have been chosen'
        : 'it fits then, but others score as high or higher',
  ]);
  return [
    `Any one of these ${effect}, each tried, the smallest first:`,
    ...formatTable(['', ''], rows)
      .split('\n')
      .slice(1)
      .map((line) => `  ${line}`),
  ];
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = ' ';
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > width && line.trim() !== '') {
      lines.push(line);
      line = '   ';
    }
    line += ` ${word}`;
  }
  return [...lines, line].map((each) => onStdout.dim(each));
}
