import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { CSV_FILES, type CsvName } from '../../../sim/metrics/index.ts';
import { drawPictures, htmlReport, type RunFiles } from '../../../sim/report/index.ts';
import { PICTURES } from '../../../sim/report/pictures/kinds.ts';
import { inFolder } from '../../support/cli.ts';
import { type Cells, type Files, MANIFEST, resultIn, studyOf } from '../result-folder.ts';

/** Pictures and what is left out, of one result per label. */
const draw = (files: Readonly<Record<string, Files>>, simulatedSeconds = MANIFEST.simulatedSeconds) =>
  inFolder((folder) => {
    const manifest = { ...MANIFEST, simulatedSeconds };
    const runs = Object.entries(files).map(([label, own]) => resultIn(folder, label, own, manifest));
    const study = studyOf(runs);
    const pictures = drawPictures(study);
    return { ...pictures, html: htmlReport(study, pictures) };
  });

type Drawn = ReturnType<typeof draw>;
const picture = ({ drawn }: Drawn, id: string) => drawn.find((found) => found.id === id)!;
const why = ({ missing }: Drawn, title: string) => missing.find((found) => found.title === title)?.because;

const pod = (i: number, instants: Readonly<Record<string, number>>) => ({
  namespace: 'default',
  name: `pod-${i}`,
  node: 'node-0',
  phase: 'Running',
  ...instants,
});

describe('the table of pictures', () => {
  it('asks for columns that runs write', () => {
    for (const { id, file, columns } of PICTURES) {
      const written = CSV_FILES[file].map(({ name }) => name);
      expect([id, columns.filter((column) => !written.includes(column))]).toEqual([id, []]);
    }
  });

  it('has ids that differ', () => {
    expect(new Set(PICTURES.map(({ id }) => id)).size).toBe(PICTURES.length);
  });
});

describe('a picture is left out, with the reason', () => {
  it('without its file, its rows, its columns or anything to see', () => {
    const result = draw({
      a: { services: [], cluster: [{ time_s: 10, pods_pending: 0, pods_starting: 0 }] },
    });
    expect(why(result, 'Requests not answered')).toBe('services.csv has no rows');
    expect(why(result, 'How full the nodes are')).toBe('nodes.csv is not in the result');
    expect(why(result, 'Pods waiting and starting')).toBe('it is zero all the time');
    expect(result.drawn).toEqual([]);
    expect(result.html).toContain('How full the nodes are: nodes.csv is not in the result.');
  });

  it('for a file of an older version', () => {
    const old: RunFiles = {
      label: 'old',
      manifest: MANIFEST,
      columns: (file: CsvName) => (file === 'pods' ? ['created_s'] : undefined),
      *rows() {
        yield {};
      },
    };
    const { missing } = drawPictures(studyOf([old]));
    expect(missing.find(({ title }) => title === 'Time until a node is found')?.because).toBe(
      'pods.csv has no column bound_s',
    );
  });
});

describe('figures behind the pictures', () => {
  it('requests not answered: by kind, of all Services together, without clients that went down', () => {
    const services = [
      {
        time_s: 10,
        service: 'a/a',
        mode: 'ipvs',
        requests: 60,
        ok: 40,
        client_down: 10,
        connect_timeout: 10,
      },
      { time_s: 10, service: 'a/b', mode: 'ipvs', requests: 50, ok: 40, connection_refused: 10 },
      { time_s: 20, service: 'a/b', mode: 'ipvs', requests: 50, ok: 50 },
    ];
    const { table, description } = picture(draw({ a: { services } }), 'errors');
    expect(table.rows).toEqual([
      ['a', 10, 10, 10],
      ['a', 20, 0, 0],
    ]);
    expect(table.head).toEqual([
      'run',
      'time (s)',
      'connect timeout (% of requests)',
      'connection refused (% of requests)',
    ]);
    expect(description[0]).toContain('connect timeout up to 10 % of requests (at 10 s)');
  });

  it('start-up: steps of pods that became Ready, adding up to their mean', () => {
    const ready = (i: number, stretch: number) =>
      pod(i, {
        created_s: 10,
        bound_s: 10 + stretch,
        admitted_s: 11 + stretch,
        sandbox_ready_s: 12 + stretch,
        images_pulled_s: 14 + stretch,
        started_s: 15 + stretch,
        ready_s: 18 + stretch,
      });
    const pods = [ready(0, 1), ready(1, 3), pod(2, { created_s: 5, bound_s: 50 })];
    const { table } = picture(draw({ a: { pods } }), 'start-up');
    expect(table.rows.map((row) => [row[1], row[2], row[3]])).toEqual([
      ['1 schedule', 2, 2],
      ['2 admit', 2, 1],
      ['3 sandbox', 2, 1],
      ['4 images', 2, 2],
      ['5 start', 2, 1],
      ['6 ready', 2, 3],
    ]);
  });

  it('distributions: pods that never got there count', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const pods = [
      ...waits.map((wait, i) => pod(i, { created_s: 5, bound_s: 5 + wait })),
      pod(10, { created_s: 90 }),
    ];
    const { table, description } = picture(draw({ a: { pods } }), 'ecdf-waiting');
    expect(table.rows).toEqual([['a', 11, 1, 1, 3, 5, 8, 9, 10, 10, 10]]);
    expect(description).toEqual(['a: half within 5 s, 99 % within 10 s, at most 10 s, 1 of 11 pods never']);
  });

  it('nodes: what is requested holds until the next row; down is not the same as empty', () => {
    const node = (time_s: number, name: string, up: number, cpu: number) => ({
      time_s,
      node: name,
      zone: 'z',
      up,
      cpu_allocatable_milli: 1000,
      cpu_requested_milli: cpu,
      memory_allocatable_bytes: 1000,
      memory_requested_bytes: 100,
    });
    const nodes = [
      node(0, 'n-2', 1, 500),
      node(0, 'n-10', 1, 1000),
      node(50, 'n-2', 0, 500),
      node(75, 'n-2', 1, 0),
    ];
    const { table } = picture(draw({ a: { nodes } }), 'nodes');
    const [first, second] = table.rows;
    expect(first?.slice(1, 3)).toEqual(['n-2', 'z']);
    expect(first?.slice(3)).toEqual([50, 50, 50, 50, 50, 50, 'down', 'down', 'down', 10, 10, 10]);
    expect(second?.slice(3)).toEqual(Array.from({ length: 12 }, () => 100));
  });

  it('GPUs: of the nodes that have any, beside CPU and memory', () => {
    const node = (time_s: number, name: string, gpus: Cells) => ({
      time_s,
      node: name,
      up: 1,
      cpu_allocatable_milli: 1000,
      cpu_requested_milli: 900,
      ...gpus,
    });
    const nodes = [
      node(0, 'gpus', { gpu_allocatable_milli: 4000, gpu_requested_milli: 1000 }),
      node(0, 'none', {}),
      node(0, 'later', {}),
      node(50, 'gpus', { gpu_allocatable_milli: 4000, gpu_requested_milli: 2500 }),
      node(75, 'later', { gpu_allocatable_milli: 1000, gpu_requested_milli: 0 }),
    ];
    const result = draw({ a: { nodes }, b: { nodes: [node(0, 'none', {})] } });
    const { table, notes } = picture(result, 'node-gpus');
    expect(table.rows.map((row) => row.slice(0, 2).concat(row[3]!, row[14]!))).toEqual([
      ['a', 'gpus', 25, 62.5],
      ['a', 'later', 0, 0],
    ]);
    expect(notes).toContain('No node has GPUs in: b.');
    expect(picture(result, 'nodes').table.rows.map((row) => row[3])).toEqual([90, 90, 90, 90]);
    const without = draw({ b: { nodes: [node(0, 'none', {})] } });
    expect(why(without, 'How full the GPUs of the nodes are')).toBe('no node has GPUs');
  });

  it('latency by mode: medians and nine tenths of the intervals', () => {
    const services = Array.from({ length: 100 }, (_, i) => ({
      time_s: 10 * i,
      service: 'a/a',
      mode: 'iptables',
      latency_p50_us: 1000 * (i + 1),
      latency_p90_us: 200_000,
      latency_p99_us: 300_000,
      latency_p999_us: 400_000,
    }));
    const { table } = picture(draw({ a: { services } }), 'proxy-latency');
    expect(table.rows[0]).toEqual(['iptables', 'a', 'p50', 100, 5, 50, 95]);
    expect(table.rows[3]).toEqual(['iptables', 'a', 'p99.9', 100, 400, 400, 400]);
  });
});

describe('large results', () => {
  const nodes = Array.from({ length: 5000 }, (_, i) => i).flatMap((i) =>
    [0, 20, 40, 60, 80].map((time_s) => ({
      time_s,
      node: `node-${i}`,
      zone: `zone-${i % 3}`,
      up: i % 3 === 1 && time_s === 60 ? 0 : 1,
      cpu_allocatable_milli: 1000,
      cpu_requested_milli: (i * 7919 + time_s * 31) % 1001,
      memory_allocatable_bytes: 1,
      memory_requested_bytes: 0,
    })),
  );
  const pods = Array.from({ length: 20_000 }, (_, i) => {
    const bound_s = i / 300 + ((i * 7919) % 1009 === 7 ? 20 : 0.01);
    return pod(i, { created_s: i / 300, bound_s, started_s: bound_s + 1, finished_s: bound_s + 10 });
  });
  const cluster = Array.from({ length: 10_000 }, (_, i) => ({
    time_s: i,
    pods_pending: i === 5001 ? 7 : 1,
    pods_starting: 2,
  }));
  const result = draw({ a: { nodes, pods, cluster }, b: { nodes, pods, cluster } }, 100);

  it('make small pictures, as many marks as fit', () => {
    expect(picture(result, 'nodes').table.rows.length).toBeLessThanOrEqual(2 * (60 + 3));
    expect(picture(result, 'gantt').table.rows.length).toBe(2 * 60);
    expect(Math.max(...result.drawn.map(({ svg }) => svg.length))).toBeLessThan(150_000);
    expect(result.html.length).toBeLessThan(800_000);
  });

  it('keep what matters: a zone that is down, the longest waits, a peak of one sample', () => {
    const down = picture(result, 'nodes').table.rows.filter((row) => row.includes('down'));
    expect(new Set(down.map((row) => row[2]))).toEqual(new Set(['zone-1']));
    const longest = picture(result, 'gantt').table.rows.filter((row) => Number(row[5]) - Number(row[4]) > 19);
    expect(longest.length).toBe(2 * 20);
    expect(picture(result, 'pending').description[0]).toContain('waiting for a node up to 7 pods');
    expect(picture(result, 'ecdf-waiting').description[0]).toContain('at most 20 s');
  });

  it('say so', () => {
    expect(picture(result, 'nodes').notes.join()).toContain('A row is the mean of up to 84 nodes');
    expect(picture(result, 'gantt').notes.join()).toContain('Of each run 60 pods');
    expect(picture(result, 'pending').notes.join()).toContain('the largest of 42 samples');
  });

  it('are told when only the first of many runs are drawn', () => {
    const many = Object.fromEntries(
      Array.from({ length: 6 }, (_, i) => [`run ${i}`, { pods: pods.slice(0, 100) }]),
    );
    expect(picture(draw(many), 'gantt').notes).toContain('The first 4 of 6 runs.');
  });
});

describe('the page', () => {
  const cluster = [
    { time_s: 10, pods_pending: 3, pods_starting: 1, pods_running: 1, pods_ready: 0 },
    { time_s: 20, pods_pending: 0, pods_starting: 0, pods_running: 4, pods_ready: 4 },
  ];
  const name = '<script>alert("x")</script> & more';
  const { html, drawn } = inFolder((folder) => {
    const study = studyOf([{ ...resultIn(folder, 'a', { cluster }), label: name }]);
    const pictures = drawPictures({ ...study, title: name });
    return { html: htmlReport({ ...study, title: name }, pictures), ...pictures };
  });
  const { document } = parseHTML(html);

  it('asks for nothing from outside and runs nothing', () => {
    expect(html).not.toMatch(/<script|<link rel="stylesheet|@import|url\(|src=|href="(?!#|data:)/);
  });

  it('names every picture for those who do not see it', () => {
    for (const { id, svg } of drawn) {
      expect(svg).toMatch(/^<svg [^>]*role="img"/);
      expect(svg.match(/aria-\w+/g)).toEqual(['aria-labelledby']);
      expect(document.getElementById(`${id}-t`)?.textContent).not.toBe('');
      expect(document.getElementById(`${id}-d`)?.textContent).not.toBe('');
    }
    expect(drawn.length).toBe(2);
  });

  it('has a table behind every picture, whose rows and columns have heads', () => {
    for (const { id, table } of drawn) {
      const found = document.querySelector(`#${id} details table`);
      expect(found?.querySelectorAll('thead th[scope=col]').length).toBe(table.head.length);
      expect(found?.querySelectorAll('tbody th[scope=row]').length).toBe(table.rows.length);
    }
  });

  it('has no id twice and no link to nowhere', () => {
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const link of document.querySelectorAll('a'))
      expect(ids).toContain(link.getAttribute('href')?.slice(1));
  });
});
