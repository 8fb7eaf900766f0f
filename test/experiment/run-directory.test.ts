/** Folders and files of results are whole or not there, whoever else writes. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ResultNotWritten, RunDirectory } from '../../sim/experiment/run-directory.ts';
import { writeWhole } from '../../sim/experiment/whole-file.ts';
import { inFolder } from '../support/cli.ts';

describe('the folder of a run', () => {
  it('belongs to the run that began last, whole, when two write at once', () =>
    inFolder((root) => {
      const path = join(root, 'seed-1');
      const first = new RunDirectory(path);
      first.append('pods.csv', 'first\n');
      const second = new RunDirectory(path);
      second.append('pods.csv', 'second\n');
      first.append('pods.csv', 'first\n');
      for (const act of [
        () => first.append('nodes.csv', 'first\n'),
        () => first.write('manifest.json', 'first'),
        () => first.complete(),
      ])
        expect(act).toThrow(ResultNotWritten);
      first.abandon();
      second.write('inputs/a.yaml', 'second');
      second.complete();
      expect(readFileSync(join(path, 'pods.csv'), 'utf8')).toBe('second\n');
      expect(readdirSync(path).toSorted()).toEqual(['inputs', 'pods.csv']);
      expect(readdirSync(root)).toEqual(['seed-1']);
    }));

  it('takes the place of an older one and of nothing else', () =>
    inFolder((root) => {
      const path = join(root, 'seed-1');
      mkdirSync(`${path}.old`);
      for (const text of ['before', 'after']) {
        const directory = new RunDirectory(path);
        directory.write('manifest.json', text);
        directory.complete();
      }
      expect(readFileSync(join(path, 'manifest.json'), 'utf8')).toBe('after');
      expect(readdirSync(root).toSorted()).toEqual(['seed-1', 'seed-1.old']);
    }));

  it('takes over what a killed run left', () =>
    inFolder((root) => {
      const path = join(root, 'seed-1');
      new RunDirectory(path).append('nodes.csv', 'half');
      const directory = new RunDirectory(path);
      directory.append('pods.csv', 'whole');
      directory.complete();
      expect([readdirSync(root), readdirSync(path)]).toEqual([['seed-1'], ['pods.csv']]);
    }));
});

describe('a file that is written whole', () => {
  it('makes its folder', () =>
    inFolder((root) => {
      const path = join(root, 'a/b/report.html');
      writeWhole(path, ['one, ', 'two']);
      expect(readFileSync(path, 'utf8')).toBe('one, two');
      expect(readdirSync(join(root, 'a/b'))).toEqual(['report.html']);
    }));

  it('leaves what was there, and nothing beside it, when it cannot be written', () =>
    inFolder((root) => {
      const path = join(root, 'report.html');
      writeFileSync(path, 'before');
      const breaking = function* () {
        yield 'x'.repeat(1 << 17);
        throw new Error('no space left');
      };
      expect(() => writeWhole(path, breaking())).toThrow(`cannot write ${path}: no space left`);
      expect([readdirSync(root), readFileSync(path, 'utf8')]).toEqual([['report.html'], 'before']);
      expect(() => writeWhole(join(path, 'below'), [''])).toThrow(ResultNotWritten);
      expect(existsSync(join(path, 'below'))).toBe(false);
    }));
});
