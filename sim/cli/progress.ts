/** Progress of a run on a terminal: simulated time, events per second, time left. Silent when stderr is not a terminal. */
import { type Options, Presets, SingleBar } from 'cli-progress';
import type { Progress } from '../experiment/run.ts';

const OPTIONS: Options = {
  format: '{name} [{bar}] {simulated} of {horizon} simulated · {rate} events/s · {eta_formatted} left',
  stream: process.stderr,
  hideCursor: true,
  clearOnComplete: true,
  etaBuffer: 50,
};

export interface ProgressDisplay {
  readonly update: (progress: Progress) => void;
  readonly stop: () => void;
}

const SILENT: ProgressDisplay = { update: () => {}, stop: () => {} };

export function showProgress(name: string, quiet: boolean): ProgressDisplay {
  if (quiet || !process.stderr.isTTY) return SILENT;
  const bar = new SingleBar(OPTIONS, Presets.shades_classic);
  let started = false;
  return {
    update({ simulatedSeconds, horizonSeconds, eventsPerSecond }) {
      const payload = {
        name,
        simulated: `${simulatedSeconds.toFixed(1)} s`,
        horizon: `${horizonSeconds} s`,
        rate: Math.round(eventsPerSecond).toLocaleString('en-US'),
      };
      if (started) bar.update(simulatedSeconds, payload);
      else bar.start(horizonSeconds, simulatedSeconds, payload);
      started = true;
    },
    stop: () => bar.stop(),
  };
}

export interface CountDisplay {
  readonly update: (name: string, done: number, total: number) => void;
  readonly stop: () => void;
}

/** Runs of a comparison that are done. */
export function showCount(quiet: boolean): CountDisplay {
  if (quiet || !process.stderr.isTTY) return { update: () => {}, stop: () => {} };
  const format = '{name} [{bar}] {value} of {total} runs · {eta_formatted} left';
  const bar = new SingleBar({ ...OPTIONS, format }, Presets.shades_classic);
  let started = false;
  return {
    update(name, done, total) {
      if (!started) bar.start(total, 0, { name });
      started = true;
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}
