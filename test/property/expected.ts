/** Which objects the commands themselves leave behind, whatever nodes and faults do. */
import type { Cluster } from '../../sim/scenario/index.ts';
import type { History } from './commands.ts';

/** Requests closer together than this may overtake each other: then nothing is expected of their object. */
const RACE_MS = 50;

interface Wish {
  readonly atMs: number;
  readonly op: 'apply' | 'scale' | 'delete';
  readonly replicas: number | undefined;
}

/** What is missing, left over, or not as last asked for, in words. */
export function unfulfilled(history: History, { apiserver, refusedActions }: Cluster): string[] {
  return [...wishesByObject(history)].flatMap(([object, wishes]) => {
    const [kind, name = ''] = object.split(' ');
    const wasRefused = refusedActions.some(({ action }) => action === `apply ${kind} ${name}`);
    if (isRacy(wishes) || wasRefused) return [];
    if (kind === 'Pod') {
      // Created and evicted is as good as gone; deleted must be gone.
      const there = apiserver.get('pods', 'default', name) !== undefined;
      return there && wishes.at(-1)!.op === 'delete' ? [`pod ${name} was deleted and is still there`] : [];
    }
    if (kind === 'Job') {
      const there = apiserver.get('jobs', 'default', name) !== undefined;
      return there === isWanted(wishes) ? [] : [`job ${name} is ${there ? 'still' : 'not'} there`];
    }
    const replicas = apiserver.get('deployments', 'default', name)?.spec.replicas;
    const wanted = replicasOf(wishes);
    return replicas === wanted ? [] : [`deployment ${name} has ${replicas} replicas, not ${wanted}`];
  });
}

function wishesByObject({ commands }: History): Map<string, Wish[]> {
  const wishes = new Map<string, Wish[]>();
  const wish = (object: string, atMs: number, op: Wish['op'], replicas?: number): void => {
    const list = wishes.get(object) ?? [];
    wishes.set(object, [...list, { atMs, op, replicas }]);
  };
  for (const { atMs, command } of commands.toSorted((a, b) => a.atMs - b.atMs)) {
    if (command.do === 'apply-deployment')
      wish(`Deployment d${command.name}`, atMs, 'apply', command.replicas);
    else if (command.do === 'scale-deployment')
      wish(`Deployment d${command.name}`, atMs, 'scale', command.replicas);
    else if (command.do === 'apply-job') wish(`Job j${command.name}`, atMs, 'apply');
    else if (command.do === 'apply-pod') wish(`Pod p${command.name}`, atMs, 'apply');
    else if (command.do === 'delete')
      wish(`${command.kind} ${command.kind[0]!.toLowerCase()}${command.name}`, atMs, 'delete');
  }
  return wishes;
}

const isRacy = (wishes: readonly Wish[]): boolean =>
  wishes.some(({ atMs }, i) => i > 0 && atMs - wishes[i - 1]!.atMs < RACE_MS);

const isWanted = (wishes: readonly Wish[]): boolean => wishes.at(-1)!.op === 'apply';

/** Undefined: no such Deployment. */
function replicasOf(wishes: readonly Wish[]): number | undefined {
  let replicas: number | undefined;
  for (const wish of wishes) {
    if (wish.op === 'delete') replicas = undefined;
    else if (wish.op === 'apply' || replicas !== undefined) replicas = wish.replicas;
  }
  return replicas;
}
