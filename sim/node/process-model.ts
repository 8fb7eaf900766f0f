/** How processes end, from annotations `kubedes.io/run-time` and `kubedes.io/exit-code`: they hold for all regular containers. */
import { annotations, type Container, keyOf, type Pod, parseRunTime } from '../api/index.ts';
import {
  type Distribution,
  type Duration,
  distribution,
  microseconds,
  type RandomStreams,
} from '../engine/index.ts';
import type { ProcessModel } from './context.ts';

type RunTime = Duration | Distribution;

/** A sample is drawn by pod name, container and instance: the same pod runs as long under every policy. */
export function annotatedProcess(random: RandomStreams): ProcessModel {
  const distributions = new Map<string, Distribution>();
  const { name } = annotations.runTime;
  const runTimeOf = (text: string): RunTime | undefined => {
    const known = distributions.get(text);
    if (known !== undefined) return known;
    const read = parseRunTime(text);
    if (typeof read !== 'object') return read;
    const made = distribution(read);
    distributions.set(text, made);
    return made;
  };
  return (pod: Pod, container: Container, instance: number) => {
    const given = pod.metadata.annotations;
    const text = given?.[name];
    const runTime = text === undefined ? undefined : runTimeOf(text);
    if (runTime === undefined) return undefined;
    const after = typeof runTime === 'number' ? runTime : sample(runTime, random, pod, container, instance);
    const exitText = given?.[annotations.exitCode.name];
    const exitCode = exitText === undefined ? undefined : annotations.exitCode.parse(exitText);
    return { after, exitCode: exitCode ?? 0 };
  };
}

function sample(
  runTime: Distribution,
  random: RandomStreams,
  pod: Pod,
  { name }: Container,
  instance: number,
): Duration {
  const key = `${keyOf(pod)}/${name}/${instance}`;
  let draws = 0;
  return microseconds(runTime.sample(() => random.draw('run-time', key, draws++)));
}
