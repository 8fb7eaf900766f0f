/**
 * The floor itself, for a process of its own: the events of a pod's life in the order and number of a real run, of which most do
 * nothing, and what no run can do without (see floor.ts).
 */
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Component,
  instant,
  Phase,
  type SimEvent,
  Simulation,
  toSeconds,
} from '../../sim/engine/index.ts';
import { CsvTable } from '../../sim/metrics/index.ts';
import { bareNodes } from './bare-nodes.ts';
import { FloorPods } from './floor-pods.ts';
import { type BareWorkload, measureLoop } from './own-process.ts';

type Deed = 'arrive' | 'create' | 'place' | 'bind' | 'report' | 'run' | 'end' | 'remove' | 'none';

/** The events of a pod that arrives from a trace, runs and is collected: kind, what is done, and µs to the next one. */
const LIFE: readonly (readonly [kind: string, deed: Deed, delayUs: number])[] = [
  ['pod-arrives', 'arrive', 2000],
  ['commit', 'create', 1000],
  ['deliver', 'none', 10],
  ['wake', 'place', 1600],
  ['cycle-end', 'none', 2000],
  ['commit', 'bind', 1000],
  ['step-reply', 'none', 10],
  ['deliver', 'none', 600_000],
  ['sandbox-started', 'none', 2000],
  ['commit', 'report', 1000],
  ['deliver', 'none', 10],
  ['status-written', 'none', 150_000],
  ['container-started', 'none', 500_000],
  ['relist', 'none', 2000],
  ['commit', 'report', 1000],
  ['deliver', 'none', 10],
  ['status-written', 'run', 0],
  ['container-exited', 'end', 500_000],
  ['relist', 'none', 2000],
  ['commit', 'report', 1000],
  ['deliver', 'none', 10],
  ['status-written', 'none', 1000],
  ['commit', 'remove', 1000],
  ['deliver', 'none', 10],
  ['answer', 'none', 0],
];

interface LifeEvent extends SimEvent {
  readonly pod: number;
  readonly step: number;
}

function simulate(workload: BareWorkload): number {
  const folder = mkdtempSync(join(tmpdir(), 'kubedes-floor-'));
  const table = new CsvTable('pods', (text) => appendFileSync(join(folder, 'pods.csv'), text));
  try {
    const floor = new Floor(workload, table);
    floor.run();
    table.flush();
    return floor.checksum;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

class Floor implements Component<LifeEvent> {
  readonly name = 'floor';
  readonly #simulation = new Simulation('1');
  readonly #port = this.#simulation.port<LifeEvent>(this, Phase.commit);
  readonly #objects = new FloorPods();
  readonly #workload: BareWorkload;
  readonly #nodes;
  readonly #table: CsvTable;
  readonly #placed: Int32Array;
  readonly #stamps: readonly Float64Array[];
  #checksum = 0;

  constructor(workload: BareWorkload, table: CsvTable) {
    this.#workload = workload;
    this.#nodes = bareNodes(workload);
    this.#table = table;
    const { length } = workload.pods.arrivalUs;
    this.#placed = new Int32Array(length);
    this.#stamps = LIFE.map(() => new Float64Array(length));
  }

  get checksum(): number {
    return this.#checksum >>> 0;
  }

  run(): void {
    this.#expect(0);
    this.#simulation.run();
  }

  handle({ pod, step, key }: LifeEvent): void {
    const [, deed, delayUs] = LIFE[step]!;
    const { now } = this.#simulation;
    this.#stamps[step]![pod] = now;
    this.#do(deed, pod);
    if (step + 1 === LIFE.length) return;
    const delay = deed === 'run' ? this.#workload.pods.durationUs[pod]! : delayUs;
    this.#port.at(instant(now + delay), { kind: LIFE[step + 1]![0], key, n: step, pod, step: step + 1 });
  }

  #do(deed: Deed, pod: number): void {
    const { cpuMilli, memoryMib, arrivalUs } = this.#workload.pods;
    const cpu = cpuMilli[pod]!;
    const memory = memoryMib[pod]!;
    switch (deed) {
      case 'arrive':
        if (pod + 1 < arrivalUs.length) this.#expect(pod + 1);
        break;
      case 'create':
        this.#objects.create(pod, cpu, memory);
        break;
      case 'place':
        this.#place(pod, cpu, memory);
        break;
      case 'bind':
        this.#objects.bind(pod, this.#placed[pod]!);
        break;
      case 'report':
        this.#objects.report(pod);
        break;
      case 'end':
        this.#nodes.take(this.#placed[pod]!, -cpu, -memory, -1);
        break;
      case 'remove':
        this.#objects.remove(pod);
        this.#table.add(this.#row(pod, cpu, memory));
        break;
      default:
    }
  }

  #expect(pod: number): void {
    const at = instant(this.#workload.pods.arrivalUs[pod]!);
    this.#port.at(at, { kind: LIFE[0]![0], key: `default/pod-${pod}`, n: 0, pod, step: 0 });
  }

  #place(pod: number, cpu: number, memory: number): void {
    const node = this.#nodes.place(cpu, memory);
    this.#nodes.take(node, cpu, memory, 1);
    this.#placed[pod] = node;
    this.#checksum = (Math.imul(this.#checksum, 31) + node) | 0;
  }

  /** As many cells, and as many of them filled, as pods.csv has. */
  #row(pod: number, cpu: number, memory: number): (string | number | undefined)[] {
    const named = ['default', `pod-${pod}`, undefined, 'default', 0, 'Burstable', cpu, memory * 2 ** 20];
    const instants = this.#stamps.slice(1, 13).map((stamps) => toSeconds(instant(stamps[pod]!)));
    return [...named, ...instants, `node-${this.#placed[pod]}`, 1, 0, 'Succeeded', undefined];
  }
}

measureLoop(simulate);
