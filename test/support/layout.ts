/** The house rules of the design that a machine can check: who may import whom, and what model code must not say. */
import { codeOnly, importsOf, lineAt, resolveImport, type SourceFile } from './source-text.ts';

const BELOW_WORLD = ['engine', 'api', 'apiserver', 'client'] as const;
const MACHINERY = [...BELOW_WORLD, 'world', 'scheduler', 'controllers', 'node', 'network'] as const;

/**
 * Who may import whom. A room is a folder of sim/, or `policies`, `proxies`; it may always import itself, and every room
 * that exists must stand here. Only the API server sees the store; the world is seen below it by node, network, faults.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  engine: [],
  api: ['engine'],
  store: ['engine', 'api'],
  apiserver: ['engine', 'api', 'store'],
  client: ['engine', 'api', 'apiserver'],
  world: ['engine', 'api'],
  scheduler: BELOW_WORLD,
  controllers: BELOW_WORLD,
  node: [...BELOW_WORLD, 'world'],
  network: [...BELOW_WORLD, 'world'],
  faults: [...MACHINERY, 'store'],
  workload: BELOW_WORLD,
  addons: [...BELOW_WORLD, 'scheduler', 'controllers', 'node', 'network'],
  metrics: ['engine', 'api'],
  scenario: [...MACHINERY, 'store', 'faults', 'workload', 'addons', 'metrics'],
  experiment: [...MACHINERY, 'store', 'faults', 'workload', 'addons', 'metrics', 'scenario'],
  report: ['engine', 'metrics'],
  library: [...MACHINERY, 'metrics', 'scenario', 'experiment', 'report'],
  cli: [
    ...MACHINERY,
    'store',
    'faults',
    'workload',
    'addons',
    'metrics',
    'scenario',
    'experiment',
    'report',
    'library',
  ],
  policies: ['engine', 'api', 'scheduler'],
  proxies: ['engine', 'api', 'network'],
};

/** Where policies and proxies are put together, and the public API; no room imports them, and they see all but the commands. */
const REGISTRIES = 'sim/registries.ts';
const PUBLIC_API = 'sim/index.ts';
/** The composition roots beside the public API: rooms, and files of rooms, that may also take the registries. */
const COMPOSITION_ROOTS = /^sim\/(?:(?:cli|library)\/[^/]+|experiment\/worker)\.ts$/;

/** Rooms at the edge of the model: here the clock, files, promises and the environment are allowed. */
export const EDGE_ROOMS: readonly string[] = ['cli', 'library', 'report', 'experiment'];

/** Rooms that may use node: modules besides the edge: they read or write files, synchronously. */
export const FILE_ROOMS: readonly string[] = ['scenario', 'workload', 'metrics'];

/** What a policy may see of the scheduler. */
const SCHEDULER_CONTRACT = 'sim/scheduler/contract.ts';
/** What a proxy mode may see of the network: the contract and what all modes share, not traffic, DNS or the fleet. */
const PROXY_CONTRACT =
  /^sim\/network\/(?:addresses|affinity|cost|endpoints|port-rules|proxy|service-ports|usable-endpoints)\.ts$/;

interface Ban {
  readonly word: RegExp;
  readonly because: string;
  /** Files in which it is allowed all the same. */
  readonly except?: RegExp;
}

/** Words that model code must not contain (law 5, and the design's third section). */
export const BANNED: readonly Ban[] = [
  {
    word: /\bDate\.now\b|\bnew\s+Date\s*\(\s*\)|(?<!new\s+)\bDate\s*\(\s*\)/,
    because: 'reads the wall clock',
  },
  { word: /\bperformance\b\s*\./, because: 'reads the wall clock' },
  { word: /\bMath\.random\b|\bcrypto\b\s*\./, because: 'is not keyed by the seed' },
  {
    word: /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask)\b/,
    because: 'is a timer; schedule an event',
  },
  { word: /\bPromise\b|\basync\b(?!\s*:)|\bawait\b/, because: 'handlers run to completion' },
  { word: /\bprocess\s*\.\s*[a-z]+\b/, because: 'reads the environment', except: /^sim\/workload\// },
  { word: /\blocaleCompare\b|\bIntl\b|\btoLocale[A-Z]\w*/, because: 'depends on the locale' },
  {
    word: /\bMath\.(?:exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|asinh|acosh|atanh|cbrt|hypot)\b/,
    because: 'has last bits the standard leaves open; use sim/engine/maths.ts',
    except: /^sim\/engine\/maths\.ts$/,
  },
  {
    word: /(?<!\b2\s*|\dn\s*)\*\*=?(?!\s*\w*\dn\b)/,
    because:
      'has last bits the standard leaves open unless the base is 2 or a BigInt; use pow of sim/engine/maths.ts',
  },
  { word: /\bWeakRef\b|\bFinalizationRegistry\b/, because: 'depends on garbage collection' },
];

export interface Finding {
  readonly path: string;
  /** 0 for the file as a whole. */
  readonly line: number;
  readonly rule:
    | 'direction'
    | 'unknown room'
    | 'cycle'
    | 'banned word'
    | 'default export'
    | 'node module'
    | 'missing file';
  readonly what: string;
}

/** All offences, in the order of the files. */
export function checkLayout(files: readonly SourceFile[]): readonly Finding[] {
  const known = new Set(files.map((file) => file.path));
  const findings: Finding[] = [];
  const graph = new Map<string, string[]>();
  for (const file of files) {
    const targets: string[] = [];
    graph.set(file.path, targets);
    for (const { specifier, line } of importsOf(file.text)) {
      const add = (rule: Finding['rule'], what: string) =>
        findings.push({ path: file.path, line, rule, what });
      const target = resolveImport(file.path, specifier);
      if (target === undefined) {
        if (specifier.startsWith('node:') && !mayUseNode(file.path)) add('node module', specifier);
      } else if (!known.has(target)) add('missing file', specifier);
      else {
        targets.push(target);
        if (!allowed(file.path, target)) add('direction', `${file.path} must not import ${target}`);
      }
    }
    findings.push(...checkText(file));
  }
  return [...findings, ...cyclesIn(graph), ...cyclesIn(folderGraph(graph))];
}

/** Which folder inside a room imports which other; files at the top of a room put its folders together and are left out. */
function folderGraph(graph: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  const folders = new Map<string, string[]>();
  for (const [path, targets] of graph) {
    const from = folderOf(path);
    if (from === undefined) continue;
    const known = folders.get(from) ?? [];
    folders.set(from, known);
    for (const target of targets) {
      const to = folderOf(target);
      if (to !== undefined && to !== from && roomOf(target) === roomOf(path)) known.push(to);
    }
  }
  return folders;
}

/** `sim/scheduler/queue` of the files in it; undefined of those at the top of a room. */
function folderOf(path: string): string | undefined {
  const folders = path.split('/').slice(0, -1);
  return folders.length > (folders[0] === 'sim' ? 2 : 1) ? folders.join('/') : undefined;
}

/** `sim/engine/maths.ts` is in room `engine`, `policies/x.ts` in `policies`, `sim/index.ts` in none. */
export function roomOf(path: string): string | undefined {
  const [top, second, ...rest] = path.split('/');
  if (top !== 'sim') return top;
  return rest.length > 0 ? second : undefined;
}

function allowed(from: string, to: string): boolean {
  if (from === REGISTRIES || from === PUBLIC_API) return roomOf(to) !== 'cli';
  if (to === REGISTRIES) return COMPOSITION_ROOTS.test(from);
  const fromRoom = roomOf(from);
  const toRoom = roomOf(to);
  if (fromRoom === undefined || toRoom === undefined) return false;
  if (fromRoom === toRoom)
    return fromRoom === 'policies' || fromRoom === 'proxies' ? allowedAmongPlugins(from, to) : true;
  if (fromRoom === 'policies' && toRoom === 'scheduler') return to === SCHEDULER_CONTRACT;
  if (fromRoom === 'proxies' && toRoom === 'network') return PROXY_CONTRACT.test(to);
  return MAY_IMPORT[fromRoom]?.includes(toRoom) ?? false;
}

/** The registry and profiles (files at the top) see all plugins; a plugin of several files has a folder of its own. */
function allowedAmongPlugins(from: string, to: string): boolean {
  if (/^\w+\/(?:index|registry|profiles?[\w-]*)\.ts$/.test(from)) return true;
  const folder = from.split('/').slice(0, -1);
  return folder.length > 1 && to.startsWith(`${folder.slice(0, 2).join('/')}/`);
}

function mayUseNode(path: string): boolean {
  const room = roomOf(path);
  return room === undefined || EDGE_ROOMS.includes(room) || FILE_ROOMS.includes(room);
}

function checkText(file: SourceFile): readonly Finding[] {
  const findings: Finding[] = [];
  const room = roomOf(file.path);
  const code = codeOnly(file.text);
  const add = (rule: Finding['rule'], index: number, what: string) =>
    findings.push({ path: file.path, line: lineAt(code, index), rule, what });
  if (room !== undefined && !Object.hasOwn(MAY_IMPORT, room)) add('unknown room', 0, room);
  const exported = /\bexport\s+default\b|\bas\s+default\b/.exec(code);
  if (exported !== null) add('default export', exported.index, 'default');
  if (room === undefined || EDGE_ROOMS.includes(room)) return findings;
  for (const { word, because, except } of BANNED) {
    if (except?.test(file.path)) continue;
    for (const match of code.matchAll(new RegExp(word, 'g')))
      add('banned word', match.index, `${match[0]} ${because}`);
  }
  return findings;
}

/** One finding per strongly connected set of two or more files or folders, or a file that imports itself (Tarjan, 1972). */
function cyclesIn(graph: ReadonlyMap<string, readonly string[]>): readonly Finding[] {
  const findings: Finding[] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const visit = (path: string): number => {
    const mine = index.size;
    let lowest = mine;
    index.set(path, mine);
    stack.push(path);
    onStack.add(path);
    for (const next of graph.get(path) ?? []) {
      if (!index.has(next)) lowest = Math.min(lowest, visit(next));
      else if (onStack.has(next)) lowest = Math.min(lowest, index.get(next)!);
    }
    low.set(path, lowest);
    if (lowest === mine) {
      const group = stack.splice(stack.indexOf(path));
      for (const member of group) onStack.delete(member);
      if (group.length > 1 || graph.get(path)?.includes(path)) {
        findings.push({ path, line: 0, rule: 'cycle', what: group.toSorted().join(' ↔ ') });
      }
    }
    return lowest;
  };
  for (const path of graph.keys()) if (!index.has(path)) visit(path);
  return findings;
}
