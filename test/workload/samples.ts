/** Generated samples of every trace format: what the tests use where the published traces are not at hand. */
import { RandomStreams } from '../../sim/engine/index.ts';

const random = new RandomStreams('samples').stream('trace', 'rows');
const integer = (below: number): number => Math.floor(random() * below);
const pick = <T>(values: readonly T[]): T => values[integer(values.length)]!;
const rows = (count: number, row: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => `${row(i)}\n`).join('');

export const csvSample = (count: number): string =>
  `id,arrival_s,cpu_m,mem_mib,duration_s\n${rows(count, (i) => `pod-${i},${(i * 0.06 + random() / 20).toFixed(3)},${pick([250, 500, 1000, 2000])},${pick([256, 1024, 4096])},${(600 * random()).toFixed(3)}`)}`;

export const openbSample = (count: number): string =>
  `name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time\n${rows(
    count,
    (i) => {
      const gpus = pick([0, 1, 1, 2, 8]);
      const milli = gpus === 0 ? 0 : gpus === 1 ? pick([250, 460, 1000]) : 1000;
      const created = i * 40 + integer(20);
      const scheduled = created + integer(100);
      return `openb-pod-${String(i).padStart(4, '0')},${pick([4000, 8000])},${pick([8192, 30517])},${gpus},${milli},${gpus > 0 ? pick(['', 'T4', 'V100M16|V100M32']) : ''},${pick(['LS', 'BE'])},${pick(['Running', 'Succeeded', 'Failed'])},${created},${scheduled + integer(9000)},${scheduled}`;
    },
  )}`;

export const openbNodesSample = (count: number): string =>
  `sn,cpu_milli,memory_mib,gpu,model\n${rows(count, (i) => {
    const gpus = pick([0, 2, 8]);
    return `openb-node-${String(i).padStart(4, '0')},${pick([32000, 96000])},${pick([262144, 393216])},${gpus},${gpus > 0 ? pick(['T4', 'G2']) : ''}`;
  })}`;

export const swfSample = (count: number): string =>
  `; Version: 2.2\n; Computer: none\n;\n${rows(count, (i) => {
    const runTime = integer(5000);
    return `${String(i + 1).padStart(5)} ${i * 30 + integer(10)} -1 ${runTime} ${2 ** integer(7)} -1 -1 -1 ${runTime + 600} -1 ${pick([0, 1, 1, 1])} ${1 + integer(9)} 1 -1 ${integer(3)} -1 -1 -1`;
  })}`;

export const swimSample = (count: number): string =>
  rows(count, (i) => `job${i}\t${i * 12}\t12\t${integer(1e9)}\t${integer(1e8)}\t${integer(1e8)}`);
