/** Closed forms by the name of their model. */
import { powerOfD, sparrow } from './choices.ts';
import { nonPreemptive, preemptiveResume, sizeBased } from './disciplines.ts';
import type { FamilyOf } from './model.ts';
import { closed, forkJoin, jackson } from './networks.ts';
import { generalService, infiniteServers, loss, markovian } from './open-queues.ts';
import { availability, barrier, kOfN, machineRepair } from './reliability.ts';

const FAMILIES: readonly (readonly [model: RegExp, family: FamilyOf])[] = [
  [/^M\/M\/1 FCFS/, markovian],
  [/^M\/M\/c FCFS/, markovian],
  [/^M\/M\/c\/K/, markovian],
  [/^M\/G\/c\/c/, loss],
  [/^M\/G\/inf/, infiniteServers],
  [/^M\/G\/1 FCFS/, generalService],
  [/^M\/G\/1 nonpreemptive/, nonPreemptive],
  [/^M\/G\/1 preemptive-resume/, preemptiveResume],
  [/^M\/M\/1 with SRPT/, sizeBased],
  [/^Open Jackson/, jackson],
  [/^Closed product-form/, closed],
  [/^fork-join, 2/, forkJoin],
  [/^Machine repair/, machineRepair],
  [/^alternating renewal/, availability],
  [/^k-of-n/, kOfN],
  [/^barrier: max/, barrier],
  [/^power of d/, powerOfD],
  [/^Sparrow/, sparrow],
];

/** Undefined for what is a formula, not a process: fair shares, bounds, TCP throughput. */
export const familyOf = (model: string): FamilyOf | undefined =>
  FAMILIES.find(([name]) => name.test(model))?.[1];
