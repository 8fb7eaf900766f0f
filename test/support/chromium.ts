/** A headless Chromium, if there is one, spoken to over a pipe in the Chrome DevTools Protocol: no driver, no port. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** The program to start; undefined if none is found. The environment variable CHROMIUM names another one. */
export const CHROMIUM: string | undefined = [process.env['CHROMIUM'], ...NAMES].find(
  (name) => name !== undefined && spawnSync(name, ['--version']).status === 0,
);

type Json = Record<string, unknown>;

interface Answer {
  readonly resolve: (result: Json) => void;
  readonly reject: (error: Error) => void;
}

/** One page in a browser of its own. */
export class Page {
  /** What the console and failed requests said. */
  readonly complaints: string[] = [];
  /** Addresses that were asked for. */
  readonly requests: string[] = [];
  readonly #browser: ChildProcess;
  readonly #profile: string;
  readonly #answers = new Map<number, Answer>();
  readonly #waiting = new Map<string, (() => void)[]>();
  #session: string | undefined;
  #sent = 0;

  private constructor(browser: ChildProcess, profile: string) {
    this.#browser = browser;
    this.#profile = profile;
    let rest = '';
    (browser.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => {
      const messages = (rest + text).split('\0');
      rest = messages.pop() ?? '';
      for (const message of messages) this.#receive(JSON.parse(message));
    });
  }

  static async open(program: string): Promise<Page> {
    const profile = mkdtempSync(join(tmpdir(), 'kubedes-chromium-'));
    const browser = spawn(
      program,
      [
        '--headless=new',
        '--no-sandbox',
        '--disable-gpu',
        '--hide-scrollbars',
        '--remote-debugging-pipe',
        `--user-data-dir=${profile}`,
      ],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    );
    const page = new Page(browser, profile);
    const { targetId } = await page.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await page.send('Target.attachToTarget', { targetId, flatten: true });
    page.#session = String(sessionId);
    for (const domain of ['Page', 'Runtime', 'Log', 'Network', 'Accessibility'])
      await page.send(`${domain}.enable`);
    return page;
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.#browser.once('exit', resolve));
    this.#session = undefined;
    this.send('Browser.close').catch(() => {});
    await gone;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  send(method: string, params: Json = {}): Promise<Json> {
    const id = ++this.#sent;
    const message = { id, method, params, ...(this.#session !== undefined && { sessionId: this.#session }) };
    (this.#browser.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
    return new Promise((resolve, reject) => this.#answers.set(id, { resolve, reject }));
  }

  #receive({ id, result, error, method, params }: Json): void {
    if (typeof id === 'number') {
      const answer = this.#answers.get(id);
      this.#answers.delete(id);
      if (error === undefined) answer?.resolve(result as Json);
      else answer?.reject(new Error(JSON.stringify(error)));
      return;
    }
    this.#note(String(method), params as Json);
    for (const resolve of this.#waiting.get(String(method)) ?? []) resolve();
    this.#waiting.delete(String(method));
  }

  #note(method: string, params: Json): void {
    if (
      /^(Log\.entryAdded|Runtime\.exceptionThrown|Runtime\.consoleAPICalled|Network\.loadingFailed)$/.test(
        method,
      )
    )
      this.complaints.push(`${method} ${JSON.stringify(params)}`);
    if (method === 'Network.requestWillBeSent')
      this.requests.push((params as { request: { url: string } }).request.url);
  }

  #next(method: string): Promise<void> {
    return new Promise((resolve) =>
      this.#waiting.set(method, [...(this.#waiting.get(method) ?? []), resolve]),
    );
  }

  async visit(url: string): Promise<void> {
    const loaded = this.#next('Page.loadEventFired');
    await this.send('Page.navigate', { url });
    await loaded;
  }

  /** The value of an expression in the page. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: T }).value;
  }

  /** Width in CSS pixels, light or dark. */
  async look(width: number, scheme: 'light' | 'dark', media: 'screen' | 'print' = 'screen'): Promise<void> {
    await this.send('Emulation.setDeviceMetricsOverride', {
      width,
      height: 900,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await this.send('Emulation.setEmulatedMedia', {
      media,
      features: [{ name: 'prefers-color-scheme', value: scheme }],
    });
  }

  async press(key: string, code: number): Promise<void> {
    const event = { key, code: key, windowsVirtualKeyCode: code, ...(key === 'Enter' && { text: '\r' }) };
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  }

  /** PNG of a part of the page, the whole page by default. */
  async screenshot(clip?: { x: number; y: number; width: number; height: number }): Promise<Buffer> {
    const { data } = await this.send('Page.captureScreenshot', {
      captureBeyondViewport: true,
      ...(clip && { clip: { ...clip, scale: 1 } }),
    });
    return Buffer.from(String(data), 'base64');
  }
}
