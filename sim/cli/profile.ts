/** Where the time of a run goes: samples of V8's profiler, added up by room of the house. */
import { readFileSync } from 'node:fs';
import { type Profiler, Session } from 'node:inspector';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';
import { formatTable } from './table.ts';

const SAMPLE_US = 500;

export interface RoomShare {
  /** A folder of the source, an npm package, or what V8 and Node do themselves. */
  readonly room: string;
  /** Of the samples; all rooms together make 100. */
  readonly percent: number;
  /** The function of the room with the most samples, and their share of all. */
  readonly hottest: string;
  readonly hottestPercent: number;
}

/** Watches this thread from now on until `stop`. */
export function startProfile(): { readonly stop: () => readonly RoomShare[] } {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
  session.post('Profiler.start');
  return {
    stop() {
      let shares: readonly RoomShare[] = [];
      session.post('Profiler.stop', (_error, { profile }) => {
        shares = sharesOf(profile);
      });
      session.disconnect();
      return shares;
    },
  };
}

/** Largest first. Time in which the thread had nothing to do, or started the profiler, does not count. O(samples). */
export function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): RoomShare[] {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const sources = new BundledSources();
  const rooms = new Map<string, Map<string, number>>();
  let total = 0;
  for (const [i, id] of samples.entries()) {
    const frame = frames.get(id);
    if (frame === undefined || isOutside(frame)) continue;
    const us = timeDeltas[i] ?? 0;
    total += us;
    const room = roomOf(frame, sources);
    let functions = rooms.get(room);
    if (functions === undefined) rooms.set(room, (functions = new Map()));
    const name = frame.functionName || '(anonymous)';
    functions.set(name, (functions.get(name) ?? 0) + us);
  }
  return [...rooms].map(([room, functions]) => share(room, functions, total)).sort(byPercent);
}

const byPercent = (a: RoomShare, b: RoomShare): number => b.percent - a.percent || (a.room < b.room ? -1 : 1);

function share(room: string, functions: ReadonlyMap<string, number>, total: number): RoomShare {
  const [[hottest, most] = ['', 0]] = [...functions].sort((a, b) => b[1] - a[1]);
  const sum = [...functions.values()].reduce((all, us) => all + us, 0);
  return { room, percent: (100 * sum) / total, hottest, hottestPercent: (100 * most) / total };
}

type Frame = Profiler.ProfileNode['callFrame'];

/** `dispatch` is how the inspector is entered. */
const isOutside = ({ url, functionName }: Frame): boolean =>
  url === '' && (functionName === '(idle)' || functionName === 'dispatch');

const ROOM = /\/(sim\/[^/]+|policies|proxies)\/[^:]*$/;
const PACKAGE = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//;

function roomOf(frame: Frame, sources: BundledSources): string {
  const { url, functionName } = frame;
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (url === '') return 'V8';
  if (url.startsWith('node:')) return 'node';
  const source = sources.of(frame);
  return PACKAGE.exec(source)?.[1] ?? ROOM.exec(source)?.[1] ?? 'other code';
}

/** Which file of the source a place in a bundle comes from, by the source maps that lie beside the bundles. */
class BundledSources {
  readonly #maps = new Map<string, SourceMap | undefined>();

  /** The file itself if it has no source map. */
  of({ url, lineNumber, columnNumber }: Frame): string {
    if (!this.#maps.has(url)) this.#maps.set(url, sourceMapOf(url));
    const entry = this.#maps.get(url)?.findEntry(lineNumber, columnNumber);
    return entry !== undefined && 'originalSource' in entry ? new URL(entry.originalSource, url).href : url;
  }
}

function sourceMapOf(url: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Rooms below a tenth of a percent are left out. */
export function profileTable(shares: readonly RoomShare[]): string {
  const percent = (value: number): string => `${value.toFixed(1)} %`;
  const rows = shares
    .filter((each) => each.percent >= 0.1)
    .map((each) => [each.room, percent(each.percent), percent(each.hottestPercent), each.hottest]);
  return formatTable(['ROOM', 'TIME', 'HOTTEST', 'FUNCTION'], rows, ['left', 'right', 'right']);
}
