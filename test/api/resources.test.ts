/** What the table of resources says of who acts on a kind: `kubedes validate` tells users so. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { resources } from '../../sim/api/index.ts';
import { controllerTable } from '../../sim/controllers/index.ts';

const rows = Object.values(resources);
const actors = rows.flatMap(({ actedOnBy }) => actedOnBy?.match(/[a-z-]+-controller/g) ?? []);

it('names controllers that there are', () => {
  const names: readonly string[] = controllerTable.map(({ name }) => name);
  expect(actors.filter((actor) => !names.includes(actor))).toEqual([]);
  expect(actors.length).toBeGreaterThan(5);
});

it('leaves to nobody the kinds that README calls not simulated', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, sentence = ''] = /- Not simulated yet: ([^.]*)\./.exec(readme) ?? [];
  const said = rows.filter(({ kind }) => new RegExp(`\\b${kind}\\b`).test(sentence));
  expect(said.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining([
      'StatefulSet',
      'DaemonSet',
      'CronJob',
      'ResourceQuota',
      'NetworkPolicy',
      'Ingress',
    ]),
  );
  const other = said.filter(({ kind }) => !kind.startsWith('PersistentVolume'));
  expect(other.filter(({ actedOnBy }) => actedOnBy !== undefined).map(({ kind }) => kind)).toEqual([]);
});
