// Runs the quick start (small) with this Node and with another one given as argument; their digests must be equal.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const scenario = 'scenarios/quick-start.yaml';
const small = ['--set', 'cluster.nodes.0.count=60', '--quiet'];

function digests(node) {
  const out = mkdtempSync(join(tmpdir(), 'kubedes-'));
  execFileSync(node, ['dist/sim/cli/main.js', 'run', scenario, ...small, '--out', out], { stdio: 'inherit' });
  const manifests = readdirSync(out, { recursive: true }).filter((file) => file.endsWith('manifest.json'));
  const result = manifests.sort().map((file) => {
    const { variant, eventDigest, stateDigest } = JSON.parse(readFileSync(join(out, file), 'utf8'));
    return `${variant} ${eventDigest} ${stateDigest}`;
  });
  rmSync(out, { recursive: true });
  return result.join('\n');
}

const other = process.argv[2];
const [here, there] = [digests(process.execPath), digests(other)];
console.log(`${process.version}:\n${here}`);
console.log(`${execFileSync(other, ['--version'], { encoding: 'utf8' }).trim()}:\n${there}`);
if (here === '' || here !== there) {
  console.error('digests differ');
  process.exit(1);
}
