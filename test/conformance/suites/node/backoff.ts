/** Drives the kubelet's back-off rules second by second as the recording did. */
import { instant } from '../../../../sim/engine/index.ts';
import {
  advance,
  type BackoffPolicy,
  type BackoffWindow,
  collect,
  crashLoopMessage,
  mustWait,
  mustWaitToPull,
} from '../../../../sim/node/backoff.ts';

const at = (seconds: number) => instant(seconds * 1e6);

interface Settings {
  readonly initialSeconds: number;
  readonly maxSeconds: number;
}
const policyOf = ({ initialSeconds, maxSeconds }: Settings): BackoffPolicy => ({
  initialUs: initialSeconds * 1e6,
  maxUs: maxSeconds * 1e6,
});

interface RestartCase extends Settings {
  readonly gcSeconds: number;
  readonly pollSeconds: number;
  readonly runSeconds: readonly number[];
}

export function containerRestart(given: RestartCase): unknown {
  const policy = policyOf(given);
  let window: BackoffWindow | undefined;
  let now = 0;
  return given.runSeconds.map((runSeconds) => {
    const startedAt = now;
    const exitedAt = startedAt + runSeconds;
    let refused: BackoffWindow | undefined;
    let housekept = startedAt;
    const housekeep = (): void => {
      for (; given.gcSeconds > 0 && housekept < now; ) {
        housekept++;
        if (housekept % given.gcSeconds === 0) window = collect(policy, window, at(housekept));
      }
    };
    now = exitedAt;
    for (housekeep(); mustWait(policy, window, at(exitedAt), at(now)); housekeep()) {
      refused ??= window;
      now += given.pollSeconds;
    }
    window = advance(policy, window, at(exitedAt), at(now));
    return {
      startedAt,
      exitedAt,
      waited: now - exitedAt,
      restartAt: now,
      backoffMessage:
        refused === undefined
          ? ''
          : crashLoopMessage(refused, 'app', { name: 'web', namespace: 'default', uid: 'uid-1' }),
      backoffUntil: refused === undefined ? null : exitedAt + refused.backoffUs / 1e6,
      backoffAfter: window.backoffUs / 1e6,
    };
  });
}

interface PullCase extends Settings {
  readonly attemptAt: readonly number[];
  readonly pullWouldSucceed: readonly boolean[];
}

export function imagePull(given: PullCase): unknown {
  const policy = policyOf(given);
  let window: BackoffWindow | undefined;
  const result: string[] = [];
  const backoffAfter: number[] = [];
  for (const [i, seconds] of given.attemptAt.entries()) {
    const now = at(seconds);
    if (mustWaitToPull(policy, window, now)) result.push('ImagePullBackOff');
    else if (given.pullWouldSucceed[i] === true) {
      result.push('pulled');
      window = collect(policy, window, now);
    } else {
      result.push('ErrImagePull');
      window = advance(policy, window, now, now);
    }
    backoffAfter.push((window?.backoffUs ?? 0) / 1e6);
  }
  return { result, backoffAfter };
}
