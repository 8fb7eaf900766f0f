/** The engine's other hot paths: digest, keyed draws, transcendental functions, histogram, observations, the run loop. */
import {
  distribution,
  drawAt,
  EventDigest,
  exp,
  instantHigh,
  instantLow,
  LogHistogram,
  log,
  Observations,
  Phase,
  pow,
  RandomStreams,
  type SimEvent,
  type SimTime,
  Simulation,
  sin,
  stateDigest,
} from '../../sim/engine/index.ts';
import { type BenchOptions, type BenchRow, measure } from './row.ts';

const OPERATIONS = 200_000;
const random = new RandomStreams('bench');

/** A body that calls `operation` with 0, 1, 2, … and keeps what it returns alive. */
function repeat(operation: (i: number) => number): () => number {
  return () => {
    let kept = 0;
    for (let i = 0; i < OPERATIONS; i++) kept += operation(i);
    return kept;
  };
}

const kinds = ['create', 'bind', 'pull', 'start', 'ready', 'finish', 'status', 'delete'];

/** Events as a run makes them: eight kinds per pod, some hundred events apart, the pod's key the same string each time. */
function podEvents(): readonly SimEvent[] {
  const keys = Array.from({ length: OPERATIONS >> 3 }, (_, pod) => {
    const suffix = ((pod * 7919) % 1_000_003).toString(36);
    return `default/web-7d9c5b8f6d-${suffix}`;
  });
  return Array.from({ length: OPERATIONS }, (_, i) => {
    const pod = Math.max(0, (i >> 3) - (i & 7) * 13);
    return { kind: kinds[i & 7]!, key: keys[pod]!, n: i };
  });
}

function digesting(): () => void {
  const events = podEvents();
  const digest = new EventDigest();
  const component = digest.nameHash('kubelet');
  return () => {
    for (let i = 0; i < OPERATIONS; i++) {
      const time = (i * 1000) as SimTime;
      digest.addFrom(component, instantLow(time), instantHigh(time, Phase.world), events[i]!);
    }
  };
}

/** A hundred components, each schedules its next event when it handles one: calendar, digest and dispatch together. */
function running(): () => void {
  const simulation = new Simulation('bench');
  for (let i = 0; i < 100; i++) {
    const event: SimEvent = { kind: 'tick', key: `node-${i}` };
    const ticker = {
      name: `ticker-${i}`,
      handle: () => void port.at((simulation.now + 1000 + i) as SimTime, event),
    };
    const port = simulation.port(ticker, Phase.component);
    port.at(i as SimTime, event);
  }
  return () => void simulation.run({ maxEvents: OPERATIONS });
}

function observing(listeners: number): () => void {
  const observations = new Observations<{ seen: { readonly i: number } }>();
  let sum = 0;
  for (let i = 0; i < listeners; i++) observations.on('seen', (seen) => (sum += seen.i));
  return () => {
    for (let i = 0; i < OPERATIONS; i++) if (observations.wants('seen')) observations.emit('seen', { i });
    if (sum < 0) throw new Error('unreachable');
  };
}

const pod = {
  kind: 'Pod',
  metadata: { name: 'web-0', namespace: 'default', labels: { app: 'web', tier: 'front' } },
  spec: { containers: [{ name: 'main', image: 'app:1', resources: { requests: { cpu: '100m' } } }] },
};

function histogram(): () => number {
  const made = new LogHistogram();
  return repeat((i) => {
    made.add(i * 1.7);
    return made.count;
  });
}

const benches: Readonly<Record<string, () => () => unknown>> = {
  'event digest': digesting,
  'run loop': running,
  drawAt: () => repeat((i) => drawAt(12_345_678_901, i)),
  'draw by name': () => repeat((i) => random.draw('service-time', 'default/web-0', i)),
  'stream (alea)': () => repeat(random.stream('bench', 'alea')),
  'exponential sample': () => {
    const exponential = distribution({ exponential: { mean: 1 } });
    const stream = random.stream('bench', 'exponential');
    return repeat(() => exponential.sample(stream));
  },
  exp: () => repeat((i) => exp(i * 1e-4)),
  'Math.exp': () => repeat((i) => Math.exp(i * 1e-4)),
  log: () => repeat((i) => log(i + 1)),
  'Math.log': () => repeat((i) => Math.log(i + 1)),
  pow: () => repeat((i) => pow(i * 1e-3, 1.7)),
  'Math.pow': () => repeat((i) => (i * 1e-3) ** 1.7),
  sin: () => repeat((i) => sin(i * 1e-2)),
  'Math.sin': () => repeat((i) => Math.sin(i * 1e-2)),
  histogram: histogram,
  'observation, nobody listens': () => observing(0),
  'observation, two listen': () => observing(2),
  'state digest of a small pod': () => repeat(() => stateDigest(pod).length),
};

export function run({ runs = 7, quick = false }: BenchOptions = {}): BenchRow[] {
  return Object.entries(benches).flatMap(([name, prepare]) => {
    const warm = () => {
      const body = prepare();
      for (let i = 0; i < 3; i++) body();
      return () => void body();
    };
    return measure(`engine ${name}`, OPERATIONS, [{ name: 'engine', prepare: warm }], quick ? 3 : runs);
  });
}
