/**
 * Reports in a real browser: nothing on the console, nothing asked for, no part wider than the window, text that can be read in
 * light and dark, and everything within reach of the keyboard. Needs a Chromium (environment variable CHROMIUM, or on the
 * PATH); without one the tests are skipped and say so.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, Page } from '../support/chromium.ts';
import { kubedes, PROJECT } from '../support/cli.ts';

const scenario = (name: string) => join(PROJECT, 'scenarios', name);
const folder = mkdtempSync(join(tmpdir(), 'kubedes-browser-'));
const at = (name: string) => join(folder, name);

/** Made before the tests: the commands for each report, and the pictures that must be in it. */
const REPORTS = [
  {
    name: 'quick start',
    make: ['run', scenario('quick-start.yaml'), '--set', 'cluster.nodes.0.count=60', '--out', folder, '-q'],
    result: at('quick-start'),
    pictures: ['errors', 'latency', 'proxy-latency', 'metric-request-error-ratio', 'nodes'],
  },
  {
    name: 'comparison of three policies under five seeds',
    make: [
      'compare',
      at('packing.yaml'),
      '--policies',
      'default,most-allocated,random',
      '--seeds',
      '1..5',
      '--keep-runs',
      '--out',
      at('comparison'),
    ],
    result: at('comparison'),
    pictures: ['metric-pending-time-mean-s', 'ecdf-waiting', 'start-up', 'gantt', 'utilisation-cpu'],
  },
  {
    name: 'trace',
    make: ['run', scenario('trace.yaml'), '--out', folder, '-q'],
    result: at('trace'),
    pictures: ['pending', 'gantt', 'nodes'],
  },
];

/** The packing scenario, shorter. */
const PACKING = `
apiVersion: kubedes.io/v1
kind: Scenario
metadata: { name: packing, question: Which placement leaves room for big pods? }
seed: 1
duration: 40m
cluster:
  nodes: [{ name: node, count: 12, capacity: { cpu: 16, memory: 64Gi, pods: 110 } }]
workload:
  - name: small
    arrival: { poisson: { perSecond: 0.12 } }
    runTime: { exponential: { mean: 15m } }
    pod: { requests: { cpu: 1, memory: 4Gi } }
  - name: big
    arrival: { poisson: { perSecond: 0.005 } }
    runTime: { exponential: { mean: 10m } }
    pod: { requests: { cpu: 12, memory: 48Gi } }
`;

/** In the page: texts whose contrast with what is behind them is below that of WCAG 2.2, 1.4.3. */
const PALE_TEXTS = `(() => {
  const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [R, G, B] = [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * R + 0.7152 * G + 0.0722 * B;
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const pale = [];
  for (const element of document.querySelectorAll('body *')) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')) continue;
    if (/^(style|script|title|desc)$/i.test(element.tagName) || element.closest('details:not([open])')) continue;
    const style = getComputedStyle(element);
    const ink = parse(element instanceof SVGElement ? style.fill : style.color);
    // Numbers on bars have the bar behind them: see the test of the palette.
    if (element.closest('#start-up') && /^\\d$/.test(element.textContent)) continue;
    const [low, high] = [light(ink), light(behind(element))].sort((a, b) => a - b);
    if ((high + 0.05) / (low + 0.05) < 4.5) pale.push(element.tagName + ' ' + element.textContent.slice(0, 40));
  }
  return pale;
})()`;

/** In the page: pictures in which a text leaves the picture. */
const CUT_TEXTS = `[...document.querySelectorAll('svg.picture')].flatMap((svg) => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter((text) => {
    const box = text.getBoundingClientRect();
    return box.width > 0 && (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1);
  }).map((text) => svg.querySelector('title').textContent + ': ' + text.textContent);
})`;

/** In the page: what the keyboard is on. */
const FOCUSED = `(() => {
  const element = document.activeElement;
  return [element.tagName, element.getAttribute('aria-label') ?? element.textContent.trim(), getComputedStyle(element).outlineStyle].join('|');
})()`;

interface AxNode {
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
  readonly description?: { readonly value: string };
  readonly ignored: boolean;
}

describe.skipIf(CHROMIUM === undefined)('reports in Chromium', () => {
  let page: Page;
  beforeAll(async () => {
    writeFileSync(at('packing.yaml'), PACKING);
    for (const { name, make, result } of REPORTS) {
      expect([name, kubedes(...make).stderr]).toEqual([name, '']);
      expect(kubedes('report', result, '--out', at(`${name}.html`)).status).toBe(0);
    }
    page = await Page.open(CHROMIUM!);
  }, 600_000);
  afterAll(async () => {
    await page?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(REPORTS)('$name', ({ name, pictures }) => {
    const address = pathToFileURL(at(`${name}.html`)).href;

    it('opens without a word on the console and without asking for anything', async () => {
      page.complaints.length = 0;
      page.requests.length = 0;
      await page.look(1000, 'light');
      await page.visit(address);
      expect(page.complaints).toEqual([]);
      expect(page.requests.filter((url) => !url.startsWith('data:'))).toEqual([address]);
      for (const id of pictures)
        expect([id, await page.evaluate(`document.querySelectorAll('#${id} svg').length`)]).toEqual([id, 1]);
    });

    it.each([
      [1000, 'light'],
      [1000, 'dark'],
      [360, 'light'],
      [360, 'dark'],
    ] as const)('fits a window of %i px and can be read in %s', async (width, scheme) => {
      await page.look(width, scheme);
      await page.visit(address);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(await page.evaluate(PALE_TEXTS)).toEqual([]);
      expect(await page.evaluate(CUT_TEXTS)).toEqual([]);
    });

    it('is dark where that is wanted, and light on paper all the same', async () => {
      const background = 'getComputedStyle(document.querySelector("svg.picture")).backgroundColor';
      await page.look(1000, 'dark');
      expect(await page.evaluate(background)).toBe('rgb(20, 23, 28)');
      await page.look(1000, 'dark', 'print');
      expect(await page.evaluate(background)).toBe('rgb(255, 255, 255)');
      await page.look(1000, 'light');
    });

    it('lets the keyboard reach and see every link, picture and table, and open the tables', async () => {
      await page.visit(address);
      const expected = await page.evaluate<number>(
        'document.querySelectorAll("a, summary, [tabindex=\'0\']").length - document.querySelectorAll("details [tabindex=\'0\']").length',
      );
      const seen: string[] = [];
      for (let i = 0; i < expected; i++) {
        await page.press('Tab', 9);
        seen.push(await page.evaluate<string>(FOCUSED));
      }
      expect(seen.filter((text) => text.startsWith('BODY'))).toEqual([]);
      expect(new Set(seen).size).toBe(expected);
      expect(seen.filter((text) => !text.endsWith('|solid') && !text.endsWith('|auto'))).toEqual([]);
      await page.evaluate('document.querySelector("summary").focus()');
      await page.press('Enter', 13);
      expect(await page.evaluate('document.querySelector("details").open')).toBe(true);
    });

    it('tells those who do not see it what every picture shows', async () => {
      const { nodes } = (await page.send('Accessibility.getFullAXTree')) as { nodes: AxNode[] };
      const images = nodes.filter(({ role, ignored }) => !ignored && role?.value === 'image');
      expect(images.length).toBe(await page.evaluate('document.querySelectorAll("figure svg").length'));
      for (const { name } of images) expect(name?.value.length).toBeGreaterThan(10);
      const levels = await page.evaluate<number[]>(
        '[...document.querySelectorAll("h1, h2, h3")].map((heading) => Number(heading.tagName[1]))',
      );
      for (const [i, level] of levels.entries()) expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1);
      expect(await page.evaluate('document.querySelectorAll("main, header, nav[aria-label]").length')).toBe(
        3,
      );
    });
  });
});

// Without a browser at least one test says so.
it.skipIf(CHROMIUM !== undefined)('a Chromium is needed for the tests of reports', ({ skip }) =>
  skip('no Chromium on the PATH: apt-get install chromium, or name it in CHROMIUM'),
);
