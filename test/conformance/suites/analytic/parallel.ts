/** Closed forms on all cores, one at a time to each: the seeds are the cases' own, so the order changes nothing but the time. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { type ClosedForm, type Outcome, planOf, simulate, unlessUnfit } from './closed-form.ts';

/** What each of the forms comes to, in their order. With one core or one case: in this thread. */
export async function simulateAll(forms: readonly ClosedForm[]): Promise<readonly Outcome[]> {
  const outcomes = new Array<Outcome>(forms.length);
  const loads = new Map<number, number>();
  for (const [i, form] of forms.entries()) {
    const plan = unlessUnfit(() => planOf(form));
    if ('family' in plan) loads.set(i, plan.family.load);
    else outcomes[i] = plan;
  }
  const threads = Math.min(availableParallelism(), loads.size);
  if (threads < 2) for (const i of loads.keys()) outcomes[i] = simulate(forms[i]!);
  else await onThreads(threads, forms, longestFirst(loads), outcomes);
  return outcomes;
}

/** Busy queues take longest to be known precisely; begun last, one of them would leave the other cores idle. */
const longestFirst = (loads: ReadonlyMap<number, number>): number[] =>
  [...loads].sort(([, a], [, b]) => b - a).map(([i]) => i);

async function onThreads(
  threads: number,
  forms: readonly ClosedForm[],
  order: readonly number[],
  outcomes: Outcome[],
): Promise<void> {
  const pool = new Piscina<ClosedForm, Outcome>({
    filename: fileURLToPath(new URL('closed-form.ts', import.meta.url)),
    name: 'simulate',
    execArgv: ['--import', import.meta.resolve('tsx')],
    minThreads: threads,
    maxThreads: threads,
  });
  try {
    await Promise.all(
      order.map(async (i) => {
        outcomes[i] = await pool.run(forms[i]!);
      }),
    );
  } finally {
    await pool.destroy();
  }
}
