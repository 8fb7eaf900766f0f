/** Loops that are measured in a process of their own: workload on standard input, figures on standard output. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import type { PeerNode, PeerPods } from '../support/peer-workload.ts';
import { cpuMs } from './row.ts';

export interface BareWorkload {
  readonly nodes: number;
  /** All alike. */
  readonly node: PeerNode;
  readonly pods: PeerPods;
}

export interface LoopFigures {
  /** CPU seconds of the simulation alone, without the start of the process. */
  readonly cpuS: number;
  /** Of the placements. */
  readonly checksum: number;
}

/** Runs `program`, a file beside this one that calls `measureLoop`. Throws if it fails. */
export function inOwnProcess(program: string, workload: BareWorkload): LoopFigures {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', path], {
    input: serialize(workload),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
  return JSON.parse(stdout) as LoopFigures;
}

/** What such a program does: `simulate` runs all pods to their end and returns a checksum of the placements. */
export function measureLoop(simulate: (workload: BareWorkload) => number): void {
  const workload = deserialize(readFileSync(0)) as BareWorkload;
  const begin = cpuMs();
  const checksum = simulate(workload);
  const figures: LoopFigures = { cpuS: (cpuMs() - begin) / 1e3, checksum };
  process.stdout.write(JSON.stringify(figures));
}
