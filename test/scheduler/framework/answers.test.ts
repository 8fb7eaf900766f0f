/** Whatever a method of a policy answers, it is what the method may answer, or the run is stopped with a PolicyError that names it. */
import { describe, expect, it } from 'vitest';
import { defaultPlugins } from '../../../policies/index.ts';
import {
  Action,
  defaultConfiguration,
  type Plugin,
  PolicyError,
  Status,
} from '../../../sim/scheduler/index.ts';
import { RunningCluster, withPlugins } from '../../support/scheduler/running-cluster.ts';

type Method = Exclude<keyof Plugin, 'name' | 'nodeLocal' | 'preventsOvercommit'> | 'hint';

interface Row {
  /** As the error names it. */
  readonly point: string;
  /** What else the plugin has, so that it is asked. */
  readonly beside?: Partial<Plugin>;
  /** Those of `ANSWERS` that are legal. */
  readonly legal?: readonly string[];
}

const rejects = { filter: () => new Status('Unschedulable', ['no']) };
const order = { less: (a: { timestamp: number }, b: { timestamp: number }) => a.timestamp < b.timestamp };
const STATUS = ['undefined', 'a status'];
/** Of methods that are declared void: what comes is passed over, unless it would come later. */
const ANYTHING_NOW = [
  ...STATUS,
  ...['null', 'true', 'a number', 'NaN', 'a text', 'an object', 'a list', 'a function'],
];

const ROWS: Readonly<Record<Method, Row>> = {
  events: { point: 'EventsToRegister', beside: rejects },
  hint: { point: 'QueueingHint', beside: rejects, legal: ['true'] },
  preEnqueue: { point: 'PreEnqueue', legal: STATUS },
  less: { point: 'QueueSort', legal: ['true'] },
  queueGroup: { point: 'QueueSort', beside: order, legal: ['a text'] },
  ignores: { point: 'ignores', beside: { filter: () => undefined }, legal: ['true'] },
  preFilter: { point: 'PreFilter', legal: STATUS },
  addPod: { point: 'PreFilterExtensions', beside: { preFilter: () => undefined }, legal: STATUS },
  removePod: { point: 'PreFilterExtensions', beside: { preFilter: () => undefined }, legal: STATUS },
  idle: { point: 'idle', beside: { filter: () => undefined }, legal: ['true'] },
  filter: { point: 'Filter', legal: STATUS },
  filterRows: { point: 'Filter', beside: { refusal: rejects.filter }, legal: ANYTHING_NOW },
  refusal: {
    point: 'Filter',
    beside: { filterRows: (_state, _rows, count, verdicts) => verdicts.fill(1, 0, count) },
    legal: ['a status'],
  },
  postFilter: { point: 'PostFilter', beside: rejects },
  preScore: { point: 'PreScore', legal: STATUS },
  uniformScore: { point: 'uniformScore', beside: { score: () => 0 }, legal: ['undefined', 'a number'] },
  score: { point: 'Score', legal: ['a number'] },
  scoreRows: { point: 'Score', beside: { normalizeRows: zeros }, legal: ANYTHING_NOW },
  normalizeScore: { point: 'NormalizeScore', beside: { score: () => 0 }, legal: STATUS },
  normalizeRows: { point: 'NormalizeScore', beside: { scoreRows: zeros }, legal: ANYTHING_NOW },
  reserve: { point: 'Reserve', legal: STATUS },
  unreserve: {
    point: 'Unreserve',
    beside: { reserve: () => new Status('Unschedulable', ['no']) },
    legal: ANYTHING_NOW,
  },
  permit: { point: 'Permit' },
  preBind: { point: 'PreBind', legal: STATUS },
  bind: { point: 'Bind', legal: STATUS },
  postBind: { point: 'PostBind', legal: ANYTHING_NOW },
};

function zeros(_state: unknown, _rows: Int32Array, count: number, scores: Float64Array): void {
  scores.fill(0, 0, count);
}

/** What may come, and how the error calls it. */
const ANSWERS: Readonly<Record<string, readonly [answer: unknown, said: string]>> = {
  undefined: [undefined, 'undefined'],
  null: [null, 'null'],
  true: [true, 'true'],
  'a number': [7, '7'],
  NaN: [Number.NaN, 'NaN'],
  'a text': ['yes', '"yes"'],
  'an object': [{}, 'an empty object'],
  'a list': [[1], 'a list of 1'],
  'a function': [() => true, 'a function'],
  'a promise': [Promise.resolve(undefined), 'a promise'],
  'a status': [new Status('Unschedulable', ['no']), 'a Status of code Unschedulable'],
};

/** A run in which every method is called: of five pods one preempts, and a node comes for those that wait. */
function run(plugin: Plugin): () => void {
  return () => {
    const options = withPlugins(plugin);
    const sorts = plugin.less !== undefined;
    const enabled = defaultPlugins.multiPoint!.enabled.filter(
      ({ name }) =>
        !(sorts && name === 'PrioritySort') && !(plugin.bind !== undefined && name === 'DefaultBinder'),
    );
    const configuration = defaultConfiguration({
      multiPoint: { enabled: [...enabled, { name: 'Bad' }], disabled: [] },
    });
    const cluster = new RunningCluster({ ...options, configuration });
    cluster.addPriorityClass('high', 1000);
    for (const node of ['a', 'b']) cluster.addNode(node, { cpu: '2' });
    for (const pod of ['p', 'q', 'r', 's']) cluster.addPod(pod, '1', { terminationGracePeriodSeconds: 0 });
    cluster.runTo(5);
    cluster.addPod('vip', '2', { priorityClassName: 'high' });
    cluster.runTo(10);
    cluster.addNode('c', { cpu: '4' });
    cluster.runTo(15);
  };
}

/** The plugin that gives this answer, and how often it was asked for it. */
function answering(method: Method, answer: unknown): { readonly plugin: Plugin; asked(): number } {
  let asked = 0;
  const give = (): never => {
    asked++;
    return answer as never;
  };
  const { beside } = ROWS[method];
  const own: Partial<Plugin> =
    method === 'hint'
      ? { events: () => [{ resource: 'Node', actions: Action.add, hint: give }] }
      : { [method]: give };
  return { plugin: { name: 'Bad', ...beside, ...own }, asked: () => asked };
}

const methods = Object.entries(ROWS) as [Method, Row][];
const cases = methods.flatMap(([method, row]) =>
  Object.entries(ANSWERS).map(([name, [answer, said]]) => ({ method, row, name, answer, said })),
);

describe('the answer of a policy', () => {
  it.each(cases.filter(({ row, name }) => row.legal?.includes(name) === true))(
    'may be $name at $method',
    ({ method, answer }) => {
      const { plugin, asked } = answering(method, answer);
      expect(run(plugin)).not.toThrow();
      expect(asked()).toBeGreaterThan(0);
    },
  );

  it.each(cases.filter(({ row, name }) => row.legal?.includes(name) !== true))(
    'stops the run if it is $name at $method',
    ({ method, row, answer, said }) => {
      const error = catching(run(answering(method, answer).plugin));
      expect(error).toBeInstanceOf(PolicyError);
      expect(error).toMatchObject({ plugin: 'Bad', extensionPoint: row.point });
      expect(error.message).toContain(`returned ${said}`);
      expect(error.message).toMatch(method === 'events' ? /, not \S/ : / for pod default\/\w+ .*, not \S/);
      expect(error.message).toContain('seed "seed"');
    },
  );

  it.each<[Method, string, unknown]>([
    ['preFilter', 'names in a list', { nodeNames: ['a'] }],
    ['postFilter', 'a status of its own', { status: 'Unschedulable' }],
    ['postFilter', 'a node', { status: undefined, nominatedNodeName: {} }],
    ['postFilter', 'a plan without victims', { status: undefined, preemption: { node: 'a' } }],
    ['postFilter', 'a time in fractions', { status: undefined, retryAfter: 0.5 }],
    ['permit', 'a promised status', { status: Promise.resolve() }],
    ['permit', 'a time before now', { status: new Status('Wait'), timeout: -1 }],
    ['permit', 'no time', { status: new Status('Wait'), timeout: Number.NaN }],
    ['preBind', 'a pause for nothing', { requests: undefined }],
    ['preBind', 'a request that is none', { requests: ['get'] }],
    ['bind', 'a text for a time', { pollAfter: '1s' }],
    ['events', 'an event without actions', [{ resource: 'Node' }]],
    ['events', 'a hint that is no function', [{ resource: 'Node', actions: 1, hint: true }]],
  ])('stops the run if %s gives %s', (method, _, answer) => {
    const error = catching(run(answering(method, answer).plugin));
    expect(error).toBeInstanceOf(PolicyError);
    expect(error).toMatchObject({ plugin: 'Bad', extensionPoint: ROWS[method].point });
  });

  it('stops the run if NormalizeScore leaves a text for a score', () => {
    const plugin: Plugin = {
      name: 'Bad',
      score: () => 0,
      normalizeScore: (_state, _pod, scores) => {
        scores[0]!.score = '50' as never;
        return undefined;
      },
    };
    expect(catching(run(plugin)).message).toMatch(/NormalizeScore for pod \S+ gave node a the score "50"/);
  });
});

function catching(body: () => void): Error {
  try {
    body();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}
