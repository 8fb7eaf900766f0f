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
