import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder, kubedes, kubedesIn, kubedesPiped, PROJECT } from '../support/cli.ts';

const NGINX = 'test/cli/fixtures/nginx.yaml';

/** Every file below a folder, by path; the wall-clock part of manifests left out. */
function filesOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files.map((file) => {
      const path = join(file.parentPath, file.name);
      const text = readFileSync(path, 'latin1');
      const { wall: _, ...manifest } = file.name === 'manifest.json' ? JSON.parse(text) : { wall: 0 };
      return [path.slice(folder.length), file.name === 'manifest.json' ? JSON.stringify(manifest) : text];
    }),
  );
}

describe('kubedes run', () => {
  it('runs the pasted nginx Deployment to two Running pods and warns of its blanks', () => {
    inFolder((out) => {
      const { status, stdout, stderr } = kubedes('run', NGINX, '--out', out);
      expect(stderr).toMatch(/nginx\.yaml:1:\d+: warning: lines 1, 2, 7, 8 have full-width/);
      expect(stdout).toMatch(/nginx-deployment +2\/2 +2 +2 /);
      expect(stdout.match(/nginx-deployment-\S+ +1\/1 +Running +0 /g)).toHaveLength(2);
      expect(status).toBe(0);
    });
  });

  it('gives the same bytes twice, and verify agrees', () => {
    inFolder((out) => {
      const [a, b] = [join(out, 'a'), join(out, 'b')];
      for (const folder of [a, b]) expect(kubedes('run', NGINX, '--out', folder, '--quiet').status).toBe(0);
      const files = filesOf(a);
      expect(Object.keys(files).length).toBeGreaterThan(8);
      expect(filesOf(b)).toEqual(files);
      const verdict = kubedes('verify', join(a, 'nginx/seed-1'));
      expect(verdict.stdout).toMatch(/seed-1: same\n/);
      expect(verdict.status).toBe(0);
    });
  });

  it('gives other bytes for another seed', () => {
    inFolder((out) => {
      const digests = ['1', '2'].map((seed) => {
        const { stdout } = kubedes('run', NGINX, '--out', out, '--seed', seed, '--json');
        return JSON.parse(stdout)[0].manifest.eventDigest;
      });
      expect(digests[0]).not.toBe(digests[1]);
    });
  });

  it('lists all five mistakes of a manifest with places and exit code 2', () => {
    const { status, stdout, stderr } = kubedes('run', 'test/cli/fixtures/five-mistakes.yaml');
    const errors = stderr.match(/^test\/cli\/fixtures\/five-mistakes\.yaml:\d+:\d+: error: /gm) ?? [];
    expect(errors.length).toBeGreaterThanOrEqual(5);
    for (const place of ['4:9', '6:3', '13:9', '20:20', '22:30'])
      expect(stderr).toContain(`five-mistakes.yaml:${place}: error`);
    expect(stderr).toContain('did you mean replicas?');
    expect(stderr).not.toMatch(/\n +at /);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  it('takes a scenario from a pipe, which can be read once', () =>
    inFolder((folder) => {
      const file = join(PROJECT, 'test/experiment/fixtures/tiny.yaml');
      const { status, stderr } = kubedesPiped(file, 'run', '/dev/stdin', '--quiet', '--out', folder);
      expect([status, stderr]).toEqual([0, '']);
      expect(kubedes('verify', join(folder, 'tiny/seed-1')).stdout).toContain(': same');
    }));

  it('does not take - for no file at all', () => {
    const { status, stderr } = kubedes('run', '-');
    expect([status, stderr]).toEqual([2, 'error: -: no file (did you mean /dev/stdin?)\n']);
  });

  it('says why pods have no node', () => {
    inFolder((out) => {
      const pods = join(out, 'pods.yaml');
      const pod = (name: string, spec: string) =>
        `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec: { ${spec}, containers: [{ name: a, image: x }] }\n`;
      const texts = [
        pod('picky', 'nodeSelector: { disk: ssd }'),
        pod('gated', 'schedulingGates: [{ name: example.com/g }]'),
        pod('foreign', 'schedulerName: mine'),
        pod('bound', 'nodeName: node-0'),
      ];
      writeFileSync(pods, texts.join('---\n'));
      const { stdout } = kubedes('run', pods, '--out', out);
      const section = /pods without a node\n([\s\S]*?)\n\n/.exec(stdout)?.[1] ?? '';
      expect(section.split('\n').map((line) => line.slice(0, 40).trim())).toEqual([
        'NAME      BECAUSE',
        'foreign   no scheduler called mine has s',
        'gated     Scheduling is blocked due to n',
        'picky     0/3 nodes are available: 3 nod',
      ]);
    });
  });

  it('refuses two scenarios whose results would have one folder, before it runs any', () =>
    inFolder((folder) => {
      const tiny = readFileSync(join(PROJECT, 'test/experiment/fixtures/tiny.yaml'), 'utf8');
      for (const name of ['a', 'b']) {
        mkdirSync(join(folder, name));
        writeFileSync(join(folder, name, 'x.yaml'), tiny);
      }
      const twice = kubedesIn(folder, 'run', 'a/x.yaml', 'b/x.yaml');
      expect([twice.status, twice.stdout]).toEqual([2, '']);
      expect(twice.stderr).toMatch(/^error: a\/x\.yaml and b\/x\.yaml: .* results\/tiny\/seed-1; expected /);
      expect(readdirSync(folder)).toEqual(['a', 'b']);
    }));

  it('names a file that does not exist', () => {
    const { status, stderr } = kubedes('run', 'nowhere.yaml');
    expect(stderr).toContain('no such file: nowhere.yaml');
    expect(status).toBe(2);
  });
});
