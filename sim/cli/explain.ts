/** `kubedes explain`: why a pod of a result went where it went, from a replay of the result. */
import type { CommandModule } from 'yargs';
import { didYouMean } from '../api/index.ts';
import { toSeconds } from '../engine/index.ts';
import { UsageError } from '../experiment/errors.ts';
import { explainPod, type PodExplanation, type PodQuestion, ReplayDiffers } from '../experiment/explain.ts';
import type { RunManifest } from '../experiment/manifest.ts';
import { withOwnPolicy } from '../experiment/policy-module.ts';
import { type RecordedPod, readRecordedPods } from '../experiment/recorded-pods.ts';
import { loadRegistries } from '../registries.ts';
import { explanationText } from './explanation-text.ts';
import { showProgress } from './progress.ts';
import { readManifest, readTrail, recordedRun } from './recorded-run.ts';

export interface ExplainArguments {
  result: string;
  pod: string;
  node?: string | undefined;
  attempt?: number | undefined;
  top: number;
  json: boolean;
}

export const explainCommand: CommandModule<object, ExplainArguments> = {
  command: 'explain <result> <pod>',
  describe:
    'Tell why a pod of a result got its node or none: verdicts, scores, and what would have changed it',
  builder: (yargs) =>
    yargs
      .positional('result', { type: 'string', demandOption: true, describe: 'Folder of the result' })
      .positional('pod', { type: 'string', demandOption: true, describe: 'NAME or NAMESPACE/NAME' })
      .option('node', {
        type: 'string',
        describe: 'Why not this node? Also the smallest single changes that would have sent the pod there',
      })
      .option('attempt', { type: 'number', describe: 'Only this attempt; 1 is the first' })
      .option('top', { type: 'number', default: 5, describe: 'Name so many nodes, best first' })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 explain results/demo/seed-1 web-0', 'who refused, who won, by how much')
      .example('$0 explain results/demo/seed-1 web-0 --node n7', 'why not n7?'),
  handler: async (argv) => console.log(await explain(argv, process.stdout.columns ?? 110)),
};

/** What is to be printed. Throws UsageError, or ReplayDiffers if the result cannot be made again. `width`: of the terminal. */
export async function explain(
  { result, pod, node, attempt, top, json }: ExplainArguments,
  width: number,
): Promise<string> {
  for (const [option, value] of Object.entries({ attempt, top }))
    if (value !== undefined && !(Number.isInteger(value) && value > 0))
      throw new UsageError(`--${option} ${value}: expected an integer above 0`);
  const manifest = readManifest(result);
  const pods = readRecordedPods(result);
  const [namespace, name] = pods === undefined ? splitName(pod) : findPod(result, pods, pod);
  const until = pods && boundBy(pods, namespace, name);
  const explanation = await replay(
    result,
    manifest,
    { namespace, name, node, attempt, top, untilSeconds: until },
    json,
  );
  check(explanation, result, node, attempt);
  return json
    ? JSON.stringify(asJson(result, explanation), undefined, 2)
    : explanationText(explanation, width);
}

async function replay(
  result: string,
  manifest: RunManifest,
  question: PodQuestion,
  quiet: boolean,
): Promise<PodExplanation> {
  const run = recordedRun(result, manifest);
  if (typeof run === 'string') throw new ReplayDiffers(`${result}: ${run}`);
  const { loaded, registries } = await withOwnPolicy(run, loadRegistries());
  const progress = showProgress('replay', quiet);
  try {
    const onProgress = progress.update;
    return explainPod(loaded, manifest, readTrail(result), registries, { ...question, onProgress });
  } catch (error) {
    if (!(error instanceof ReplayDiffers)) throw error;
    throw new ReplayDiffers(`${result}: ${error.message}; kubedes verify ${result} tells where they part`);
  } finally {
    progress.stop();
  }
}

function splitName(pod: string): readonly [namespace: string, name: string] {
  const slash = pod.indexOf('/');
  return slash < 0 ? ['default', pod] : [pod.slice(0, slash), pod.slice(slash + 1)];
}

/** A name without a namespace will do if there are pods of this name in one namespace only. */
function findPod(
  result: string,
  pods: readonly RecordedPod[],
  wanted: string,
): readonly [namespace: string, name: string] {
  const keys = new Set(pods.map(keyOfPod));
  const found = wanted.includes('/')
    ? [wanted].filter((key) => keys.has(key))
    : [...new Set(pods.filter(({ name }) => name === wanted).map(keyOfPod))];
  if (found.length > 1)
    throw new UsageError(
      `${result}: there are several pods ${wanted}: ${found.join(', ')}; name one of them`,
    );
  if (found.length === 0) {
    const names = wanted.includes('/') ? keys : new Set(pods.map(({ name }) => name));
    throw new UsageError(`${result}: no such pod: ${wanted} (${hint(wanted, names)})`);
  }
  return splitName(found[0]!);
}

const keyOfPod = ({ namespace, name }: RecordedPod): string => `${namespace}/${name}`;

const SHOWN_NAMES = 5;

function hint(word: string, known: ReadonlySet<string>): string {
  const longer = [...known].filter((name) => name.startsWith(word));
  if (longer.length > 0) return `did you mean ${firstOf(longer)}?`;
  const meant = didYouMean(word, known);
  if (meant !== undefined) return meant;
  return known.size === 0 ? 'there are none' : `there are ${known.size}: ${firstOf([...known])}`;
}

const firstOf = (names: readonly string[]): string =>
  names.slice(0, SHOWN_NAMES).join(', ') + (names.length > SHOWN_NAMES ? ', …' : '');

/** No pod of the name is tried after this; undefined if one never got a node. */
function boundBy(pods: readonly RecordedPod[], namespace: string, name: string): number | undefined {
  let last = 0;
  for (const pod of pods) {
    if (pod.name !== name || pod.namespace !== namespace) continue;
    if (pod.boundSeconds === undefined) return undefined;
    last = Math.max(last, pod.boundSeconds);
  }
  return last;
}

function check(
  { pod, known, attemptCount, attempts, nodeKnown, nodeNames }: PodExplanation,
  result: string,
  node: string | undefined,
  attempt: number | undefined,
): void {
  if (!known) throw new UsageError(`${result}: no such pod: ${pod}`);
  if (attempts.length === 0 && attempt !== undefined)
    throw new UsageError(`${pod} has no attempt ${attempt}: it was tried ${times(attemptCount)}`);
  if (node !== undefined && attempts.length > 0 && !nodeKnown)
    throw new UsageError(`${result}: no such node: ${node} (${hint(node, new Set(nodeNames))})`);
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

const asJson = (result: string, { pod, fate, attemptCount, omitted, attempts }: PodExplanation) => ({
  format: 1,
  result,
  pod,
  fate,
  attemptCount,
  omitted,
  attempts: attempts.map(({ time, lastTime, ...rest }) => ({
    timeSeconds: toSeconds(time),
    lastTimeSeconds: toSeconds(lastTime),
    ...rest,
  })),
});
