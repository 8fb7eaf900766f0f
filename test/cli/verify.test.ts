/** What verify says of results that are not what they were: each kind of damage has its own explanation. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { verdictOn } from '../../sim/cli/verify.ts';
import type { RunManifest } from '../../sim/experiment/manifest.ts';
import { withPolicy } from '../../sim/experiment/policy-module.ts';
import { runScenario } from '../../sim/experiment/run.ts';
import { loadRuns } from '../../sim/library/load-runs.ts';
import { loadRegistries } from '../../sim/registries.ts';
import type { PolicyModule } from '../../sim/scheduler/index.ts';
import { kubedes } from '../support/cli.ts';

const root = mkdtempSync(join(tmpdir(), 'kubedes-verify-test-'));
afterAll(() => rmSync(root, { recursive: true }));
const original = join(root, 'original');
let copies = 0;

const SCENARIO = `apiVersion: kubedes.io/v1
kind: Scenario
metadata: { name: traced }
duration: 2m
workload: [{ trace: pods.csv.gz }]
`;
const TRACE = `id,arrival_s,cpu_m,mem_mib,duration_s\n${Array.from(
  { length: 40 },
  (_, i) => `p${i},${i * 1.5},500,256,30`,
).join('\n')}\n`;

beforeAll(() => {
  writeFileSync(join(root, 'traced.yaml'), SCENARIO);
  writeFileSync(join(root, 'pods.csv.gz'), gzipSync(TRACE));
  runScenario(loadRuns([join(root, 'traced.yaml')], {})[0]!, loadRegistries(), { directory: original });
});

type Edit = (folder: string, manifest: RunManifest) => void;

/** A copy of the result, changed by `edit`. */
function damaged(edit: Edit): string {
  const folder = join(root, `copy-${copies++}`);
  cpSync(original, folder, { recursive: true });
  edit(folder, JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as RunManifest);
  return folder;
}

const write = (folder: string, file: string, edit: (bytes: Buffer) => string | Uint8Array): void => {
  const path = join(folder, file);
  writeFileSync(path, edit(readFileSync(path)));
};
const writeManifest = (folder: string, manifest: RunManifest): void =>
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));

/** All files and folders below a folder, with the time of their last change. */
const writtenAt = (folder: string): [path: string, mtimeMs: number][] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => [
    path,
    statSync(join(folder, path)).mtimeMs,
  ]);

const EVENT = 100;

const cases: readonly [name: string, edit: Edit, explanation: RegExp, detail?: RegExp][] = [
  [
    'a changed input',
    (folder) => write(folder, 'inputs/pods.csv.gz', () => TRACE.replace('p7,', 'p77,')),
    /^input pods\.csv\.gz has been changed since the run \(SHA-256 [0-9a-f]{12}…, was [0-9a-f]{12}…\)$/,
  ],
  [
    'a missing input',
    (folder) => rmSync(join(folder, 'inputs/pods.csv.gz')),
    /^input pods\.csv\.gz is missing$/,
  ],
  [
    'a truncated trail',
    (folder) => write(folder, 'digest-trail.bin', (bytes) => bytes.subarray(0, 2 * EVENT + 1)),
    /^the run is the same, but digest-trail\.bin is truncated: it ends at event 100 of \d+$/,
  ],
  [
    'a trail that differs',
    (folder, manifest) => {
      writeManifest(folder, { ...manifest, eventDigest: '0'.repeat(16) });
      write(folder, 'digest-trail.bin', (bytes) => bytes.fill(0, 2 * EVENT));
    },
    /^first differing event: 101 at [\d.]+ s$/,
    /^now: +event 101 at [\d.]+ s: \S+: /,
  ],
  [
    'a run that went on for longer',
    (folder, manifest) => {
      writeManifest(folder, { ...manifest, events: manifest.events + 1 });
      write(folder, 'digest-trail.bin', (bytes) => Buffer.concat([bytes, Buffer.from('xx')]));
    },
    /^the run ends after event \d+; the recorded one went on$/,
  ],
  [
    'a run that ended earlier',
    (folder, manifest) => {
      writeManifest(folder, { ...manifest, events: EVENT });
      write(folder, 'digest-trail.bin', (bytes) => bytes.subarray(0, 2 * EVENT));
    },
    /^the recorded run ended after event 100; now there is event 101 at /,
  ],
  [
    'another version whose events differ, and no usable trail',
    (folder, manifest) => {
      const checkpoints = manifest.checkpoints.map((c) => ({
        ...c,
        digest: c.event > 1024 ? '0' : c.digest,
      }));
      writeManifest(folder, { ...manifest, kubedes: '0.0.1', eventDigest: '0', checkpoints });
      write(folder, 'digest-trail.bin', (bytes) => bytes.subarray(0, 2 * EVENT));
    },
    /^the events differ somewhere after event \d+ and (not after \d+|before the end)$/,
    /^made by KubeDES 0\.0\.1, this is \S+: other versions may give other results$/,
  ],
  [
    'another final state',
    (folder, manifest) => writeManifest(folder, { ...manifest, stateDigest: '0'.repeat(16) }),
    /^the events are equal, but not the final state$/,
    /^recorded: \d+ events, digest [0-9a-f]{16}, final state 0{16}$/,
  ],
  [
    'an edited CSV file',
    (folder) => write(folder, 'pods.csv', (bytes) => bytes.toString().replace('p3', 'p4')),
    /^the run is the same, but pods\.csv is not what it writes: line 5 differs$/,
  ],
  [
    'a CSV file with a line more',
    (folder) => write(folder, 'pods.csv', (bytes) => `${bytes.toString()}x\n`),
    /^the run is the same, but pods\.csv is not what it writes: line 42 differs$/,
  ],
  [
    'a CSV file cut short',
    (folder) => write(folder, 'pods.csv', (bytes) => bytes.subarray(0, -1)),
    /^the run is the same, but pods\.csv is not what it writes: line 41 differs$/,
  ],
  [
    'a CSV file of no run',
    (folder, manifest) => {
      writeManifest(folder, { ...manifest, rows: { ...manifest.rows, 'notes.csv': 1 } });
      writeFileSync(join(folder, 'notes.csv'), '');
    },
    /^the run is the same, but notes\.csv is not what it writes: line 1 differs$/,
  ],
  [
    'a missing CSV file',
    (folder) => rmSync(join(folder, 'nodes.csv')),
    /^the run is the same, but nodes\.csv is missing$/,
  ],
];

describe('verify', () => {
  it('finds an untouched result the same, gzipped trace and all', () => {
    expect(verdictOn(original)).toEqual({ same: true, explanation: '', details: [] });
  });

  it.each(cases)('explains %s', (_, edit, explanation, detail) => {
    const verdict = verdictOn(damaged(edit));
    expect(verdict.same).toBe(false);
    expect(verdict.explanation).toMatch(explanation);
    if (detail !== undefined) expect(verdict.details).toContainEqual(expect.stringMatching(detail));
  });

  it('writes nothing, not even beside', () => {
    // Undone by the test runner (unstubEnvs); whoever writes to the folder for temporary files fails, or makes it in `root`.
    vi.stubEnv('TMPDIR', join(root, 'nowhere'));
    const before = writtenAt(root);
    expect(before.length).toBeGreaterThan(10);
    expect(verdictOn(original).same).toBe(true);
    expect(writtenAt(root)).toEqual(before);
  });

  it('takes another version with the same events for the same', () => {
    const folder = damaged((copy, manifest) => writeManifest(copy, { ...manifest, kubedes: '0.0.1' }));
    expect(verdictOn(folder).same).toBe(true);
  });

  it('prints verdicts and details, goes on to the next result, and ends with 1', () => {
    const bad = damaged((folder, manifest) => writeManifest(folder, { ...manifest, stateDigest: '0' }));
    const { status, stdout } = kubedes('verify', bad, original);
    expect(stdout).toMatch(/copy-\d+: DIFFERENT: the events are equal.*\n( {2}\S.*\n)+.*original: same\n$/);
    expect(status).toBe(1);
  });

  it('says of a policy that a program gave that no command has it', () => {
    const policy: PolicyModule = { plugins: { Mine: () => ({ name: 'Mine', score: () => 0 }) } };
    const registries = withPolicy(loadRegistries(), 'mine', policy);
    const given = join(root, 'given');
    const settings = { 'scheduler.profile': 'mine' };
    const [run] = loadRuns([join(root, 'traced.yaml')], { registries, settings });
    runScenario(run!, registries, { directory: given });
    for (const command of [
      ['verify', given],
      ['explain', given, 'p0'],
    ]) {
      const { status, stdout, stderr } = kubedes(...command);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toContain('a program gave this run its policy mine');
    }
  });

  it('refuses what is no result', () => {
    const noManifest = damaged((folder) => rmSync(join(folder, 'manifest.json')));
    expect(() => verdictOn(noManifest)).toThrow('no manifest.json, so this is no result');
    const broken = damaged((folder) => write(folder, 'manifest.json', (bytes) => bytes.subarray(0, 100)));
    const halved = damaged((folder, { rows: _, ...manifest }) =>
      write(folder, 'manifest.json', () => JSON.stringify(manifest)),
    );
    for (const folder of [broken, halved])
      expect(() => verdictOn(folder)).toThrow('manifest.json: not a manifest that this version can read');
  });
});
