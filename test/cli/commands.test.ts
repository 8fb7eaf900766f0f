/** What every command keeps to: help with examples, JSON on request, exit codes, and what was probably meant. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wantsColours } from '../../sim/cli/colours.ts';
import { COMMAND_NAMES } from '../../sim/cli/commands.ts';
import { inFolder, kubedes } from '../support/cli.ts';
import { kubedesHere } from '../support/cli-here.ts';

const NGINX = 'test/cli/fixtures/nginx.yaml';
const TINY = 'test/experiment/fixtures/tiny.yaml';

interface Row {
  /** Arguments that print JSON with --json; OUT is a folder to write into, RESULT one with a result. Absent: the command prints no results. */
  readonly json?: readonly string[];
  /** Runs processes of its own. */
  readonly apart?: boolean;
  /** A mistyped option, and the one that was meant. */
  readonly option: readonly [string, string];
  /** Wrong arguments, and what they are answered with. */
  readonly wrong: Readonly<Record<string, string>>;
}

const ROWS: Readonly<Record<string, Row>> = {
  run: {
    json: ['run', NGINX, '--out', 'OUT'],
    option: ['--sed', '--seed'],
    wrong: {
      'run scenarios/quick-strat.yaml': 'did you mean scenarios/quick-start.yaml?',
      'run scenarios/quick-start.yaml --variant ipfs': 'known: userspace, iptables, ipvs',
      'run scenarios/packing.yaml --set scheduler.profil=default': 'did you mean profile?',
      'run scenarios/trace.yaml --set scheduler.profile=most-alocated': 'did you mean most-allocated?',
      'run scenarios/trace.yaml --set seed=1 --set seed=2': '--set: seed is named twice',
      'run scenarios/trace.yaml --set x=[': '--set x: not a value in YAML: [ (expected one such as 5, 10s,',
      'run scenarios/trace.yaml --set proxyMode=iptable': 'did you mean iptables?',
      'run test/cli/fixtures/mistyped-kind.yaml': 'did you mean Deployment?',
      'run test/cli/fixtures/only-comments.yaml': 'only-comments.yaml:1:1: error: there is nothing to run',
      'run scenarios': 'scenarios: a folder; a file is expected, such as scenarios/',
      'run scenarios/quick-start.yaml --set traffic.0.rate=abc':
        'traffic.0.rate: expected a number or a list',
      'run scenarios/quick-start.yaml --set cluster.nodes.0.count=many': 'count: expected a number',
    },
  },
  compare: {
    json: ['compare', TINY, '--policies', 'default', '--seeds', '1', '--workers', '0', '--out', 'OUT'],
    option: ['--polices', '--policies'],
    wrong: {
      [`compare ${TINY} --policies default,most-alocated`]: 'did you mean most-allocated?',
      [`compare ${TINY} --proxies iptable`]: 'did you mean iptables?',
      [`compare ${TINY} --seeds 5..1`]: '--seeds: 5..1',
      [`compare ${TINY} --policies default,default`]: '--policies: default is named twice (name each once)',
      [`compare ${TINY} --proxies ipvs,iptables,ipvs`]: '--proxies: ipvs is named twice',
      [`compare ${TINY} --seeds 1..3,2`]: '--seeds: 2 is named twice',
      [`compare ${TINY} --set workload.0.count=5,5.0`]: '--set: workload.0.count=5 is named twice',
      [`compare ${TINY} --set x=1,*y`]: '--set x: not a value in YAML: *y (expected one such as 5, 10s,',
      [`compare ${TINY} --set duration=9s --set duration=10s`]: '--set: duration is named twice',
      [`compare ${TINY} --metric pods_bound --metric pods_bound`]: '--metric: pods_bound is named twice',
      [`compare ${TINY} --policies ,`]: '--policies: expected one at least',
      'compare scenarios': 'scenarios: a folder',
      [`compare ${TINY} --workers many`]: '--workers: expected a whole number from 0 on',
      [`compare ${TINY} --workers -1`]: '--workers -1: expected a whole number from 0 on',
      [`compare ${TINY} --workers 1.5`]: '--workers 1.5: expected a whole number from 0 on',
    },
  },
  report: {
    option: ['--ot', '--out'],
    wrong: {
      'report nowhere': 'nowhere',
      'report scenarios/packing.yaml': 'scenarios/packing.yaml: a file; the folder of a result is expected',
    },
  },
  verify: {
    json: ['verify', 'RESULT'],
    option: ['--jsn', '--json'],
    wrong: {
      'verify nowhere': 'no such folder: nowhere',
      'verify scenarios/packing.yaml': 'the folder of a result is expected',
    },
  },
  explain: {
    json: ['explain', 'RESULT', 'w-0'],
    option: ['--atempt', '--attempt'],
    wrong: { 'explain nowhere web-0': 'no such folder: nowhere' },
  },
  validate: {
    json: ['validate', 'scenarios/packing.yaml', NGINX],
    option: ['--srict', '--strict'],
    wrong: { 'validate nowhere.yaml': 'no such file' },
  },
  schema: {
    json: ['schema', 'pods'],
    option: ['--jsn', '--json'],
    wrong: { 'schema pod': 'did you mean pods?' },
  },
  policies: {
    json: ['policies'],
    option: ['--jsn', '--json'],
    wrong: { 'policies ./gone.ts': 'no such policy module' },
  },
  proxies: {
    json: ['proxies'],
    option: ['--jsn', '--json'],
    wrong: { 'proxies ipvs': 'one argument too many: ipvs' },
  },
  new: {
    option: ['--hlp', '--help'],
    wrong: {
      'new polcy p': 'did you mean policy?',
      'new policy Bad': 'lower case',
      'new policy': '<what> <name>',
    },
  },
  fit: {
    json: ['fit', 'scenarios/traces/burst.csv'],
    option: ['--fromat', '--format'],
    wrong: {
      'fit scenarios/traces/bust.csv': 'did you mean scenarios/traces/burst.csv?',
      'fit scenarios/traces/batch-sample.swf': 'not a csv trace; by its name: --format swf',
      'fit scenarios/traces/burst.csv --limit 10.5': '--limit 10.5: expected a whole number from 0 on',
      'fit scenarios/traces/burst.csv --limit -5': '--limit -5: expected a whole number from 0 on',
    },
  },
  bench: {
    json: ['bench', '--runs', '1', '--nodes', '2', '--pods', '5'],
    apart: true,
    option: ['--node', '--nodes'],
    wrong: {
      'bench --runs 0': '--runs 0',
      'bench --nodes 2.5': '--nodes 2.5',
      'bench gone.yaml': 'no such file',
    },
  },
  completion: { option: ['--hlp', '--help'], wrong: { 'completion zhs': 'did you mean zsh?' } },
};

describe('every command', () => {
  it('has a row here', () => {
    expect(Object.keys(ROWS)).toEqual(COMMAND_NAMES);
  });

  it.each(COMMAND_NAMES)('%s has help with an example', async (name) => {
    const { status, stdout } = await kubedesHere(name, '--help');
    expect(stdout).toMatch(new RegExp(`^kubedes ${name}\\b`));
    expect(stdout).toMatch(new RegExp(`\nExamples:\n +kubedes ${name}\\b`));
    expect((await kubedesHere('help', name)).stdout).toBe(stdout);
    expect(status).toBe(0);
  });

  it.each(COMMAND_NAMES)('%s is suggested when mistyped, and so are its options', async (name) => {
    const mistyped = await kubedesHere(`${name}x`);
    expect(mistyped.stderr).toContain(`no such command: ${name}x (did you mean ${name}?)`);
    expect(mistyped.status).toBe(2);
    const [typed, meant] = ROWS[name]!.option;
    const { status, stdout, stderr } = await kubedesHere(name, 'x', 'y', typed);
    expect(stderr).toContain(`no such option: ${typed} (did you mean ${meant}?)`);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  const wrong = Object.values(ROWS).flatMap((row) => Object.entries(row.wrong));
  it.each(wrong)('%s: exit code 2 and %s', async (line, answer) => {
    const { status, stdout, stderr } = await kubedesHere(...line.split(' '));
    expect(stderr).toContain(answer);
    expect(stderr).not.toMatch(/\n +at /);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  const printing = Object.entries(ROWS).filter(([, { json }]) => json !== undefined);
  it.each(printing)('%s prints JSON and nothing else with --json', async (_name, { json = [], apart }) => {
    await inFolder(async (out) => {
      const result = join(out, 'tiny/seed-1');
      if (json.includes('RESULT')) await kubedesHere('run', TINY, '--out', out, '--quiet');
      const words = json.map((word) => word.replace('OUT', join(out, 'results')).replace('RESULT', result));
      const { status, stdout } = apart ? kubedes(...words, '--json') : await kubedesHere(...words, '--json');
      expect(typeof JSON.parse(stdout)).toBe('object');
      expect(status).toBe(0);
    });
  });
});

describe('the command line', () => {
  it('shows all commands when none is named', async () => {
    const { status, stdout, stderr } = await kubedesHere();
    for (const name of COMMAND_NAMES) expect(stderr).toContain(`kubedes ${name}`);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  it('takes options before and after, each once', async () => {
    const before = await kubedesHere('--json', 'proxies');
    expect(before.stdout).toBe((await kubedesHere('proxies', '--json')).stdout);
    const twice = await kubedesHere('run', NGINX, '--seed', '1', '--seed', '2');
    expect(twice.stderr).toContain('--seed: given more than once');
    expect(twice.status).toBe(2);
    const files = await kubedesHere('validate', '--set', 'seed=7', 'scenarios/packing.yaml');
    expect(files.status).toBe(0);
  });

  it('understands a file without a command', async () => {
    const { stderr } = await kubedesHere('scenarios/packing.yaml');
    expect(stderr).toContain('did you mean kubedes run scenarios/packing.yaml?');
  });

  it.each([
    ['', COMMAND_NAMES],
    ['run --s', ['--seed', '--set', '--strict']],
    ['schema po', ['pods']],
    ['compare a.yaml --policies default,most', ['default,most-allocated']],
    ['compare a.yaml --proxies ip', ['iptables', 'ipvs']],
  ])('completes "kubedes %s"', async (line, words) => {
    const { stdout } = await kubedesHere('--get-yargs-completions', 'kubedes', ...line.split(' '));
    expect(stdout.split('\n')).toEqual(expect.arrayContaining([...words]));
  });

  it.each(['bash', 'zsh', 'fish'])('has a completion script for %s', async (shell) => {
    const { stdout } = await kubedesHere('completion', shell);
    expect(stdout).toContain('--get-yargs-completions');
    expect(stdout).toContain(`kubedes completion ${shell}`);
  });

  it.each([
    [true, {}, true],
    [true, { NO_COLOR: '' }, true],
    [true, { NO_COLOR: '1' }, false],
    [true, { TERM: 'dumb' }, false],
    [false, { CI: '1' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [undefined, { FORCE_COLOR: '1', TERM: 'dumb' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    [undefined, {}, false],
  ])('on a stream with isTTY %s and %o has colours: %s', (isTTY, env, colours) => {
    expect(wantsColours(isTTY === undefined ? {} : { isTTY }, env)).toBe(colours);
  });
});
