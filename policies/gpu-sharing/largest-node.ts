/** The node against which the FGD paper's rivals weigh CPU and GPU: the largest of the openb cluster unless said otherwise. */
import { ArgsReader } from '../../sim/scheduler/contract.ts';

export interface LargestNode {
  readonly cpuMilli: number;
  readonly gpuMilli: number;
}

const MAX = 2 ** 31 - 1;

/** Throws ConfigurationError for what is wrong. */
export function readLargestNode(raw: unknown): LargestNode {
  const args = new ArgsReader(raw, '');
  const largest = {
    cpuMilli: args.integer('largestCpuMilli', 128_000, 1, MAX),
    gpuMilli: args.integer('largestGpuMilli', 8_000, 1, MAX),
  };
  args.finish();
  return largest;
}
