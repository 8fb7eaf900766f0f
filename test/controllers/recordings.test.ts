/** The recordings of a real control plane that are the controllers' specification; the conformance runner plays all of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { play } from '../conformance/controlplane/player.ts';
import type { Recording } from '../conformance/controlplane/recording.ts';

const folder = new URL('../golden/controlplane/', import.meta.url);
const recordings = readdirSync(folder)
  .filter(
    (file) =>
      /^(deploy|roll|adopt|rs|job|gc|endpoints?)-.*\.json\.gz$/.test(file) &&
      !file.startsWith('deploy-kubectl'),
  )
  .sort();

describe('recordings', () => {
  it.each(recordings)('%s', (file) => {
    const recording = JSON.parse(
      gunzipSync(readFileSync(new URL(file, folder))).toString('utf8'),
    ) as Recording;
    expect(play(recording)).toBeUndefined();
  });
});
