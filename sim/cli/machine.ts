/** What a figure of a bench was measured on. */
import { cpus, totalmem } from 'node:os';
import { VERSION } from '../experiment/own-files.ts';

export const machine = () => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cpus: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  v8: process.versions.v8,
  kubedes: VERSION,
  date: new Date().toISOString().slice(0, 10),
});
