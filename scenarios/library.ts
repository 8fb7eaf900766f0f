/**
 * Question: do big pods wait less if small ones go where most pods are already? A policy of one's own against the default,
 *   under the same seeds.
 * Expected: yes, as with most-allocated: whole nodes stay free.
 */
import {
  loadRegistries,
  loadRuns,
  type Plugin,
  type PolicyModule,
  pairedDifference,
  runScenario,
  withPolicy,
} from 'kubedes';

const mostPods = (): Plugin => ({
  name: 'MostPods',
  score: (_state, _pod, node) => Math.min(100, node.pods.length),
});
const policy: PolicyModule = {
  plugins: { MostPods: mostPods },
  profile: { score: { enabled: [{ name: 'MostPods' }], disabled: ['*'] } },
};
const registries = withPolicy(loadRegistries(), 'most-pods', policy);

/** The longest time that a big pod waited for its node, in seconds. */
function longestWait(profile: string, seed: string): number {
  const settings = { 'scheduler.profile': profile };
  const [run] = loadRuns(['scenarios/packing.yaml'], { seed, settings, registries });
  if (run === undefined) throw new Error('the scenario describes no run');
  let longest = 0;
  runScenario(run, registries, {
    files: ['pods'],
    onRow: (_file, row) => {
      if (row['cpu_request_milli'] === 12_000 && row['bound_s'] !== '')
        longest = Math.max(longest, Number(row['bound_s']) - Number(row['created_s']));
    },
  });
  return longest;
}

const seeds = ['1', '2', '3'];
const theirs = seeds.map((seed) => longestWait('default', seed));
const ours = seeds.map((seed) => longestWait('most-pods', seed));
const { mean, halfWidth = Number.NaN } = pairedDifference(theirs, ours);
console.log(`longest wait: ${mean.toFixed(0)} s ± ${halfWidth.toFixed(0)} s against the default`);
