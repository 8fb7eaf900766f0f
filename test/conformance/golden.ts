/** Finds and reads recorded ground truth: a folder per suite with `.json`, `.jsonl` or other text, each maybe gzipped. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { GoldenFile } from './suite.ts';

/** The files of a suite, by path; none if the folder does not exist. */
export function goldenFiles(goldenDirectory: string, suiteName: string): GoldenFile[] {
  const folder = join(goldenDirectory, suiteName);
  if (!isDirectory(folder)) return [];
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = file.slice(folder.length + 1).replaceAll('\\', '/');
    const unzipped = path.replace(/\.gz$/, '');
    if (unzipped === path || !files.has(unzipped)) files.set(unzipped, file);
  }
  return [...files]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([path, file]) => goldenFile(path, file));
}

export function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function goldenFile(path: string, file: string): GoldenFile {
  const text = (): string => {
    const bytes = readFileSync(file);
    return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  };
  return { path, location: file, text, read: () => parse(path, text()) };
}

function parse(path: string, text: string): unknown {
  if (!path.endsWith('.jsonl')) return JSON.parse(text);
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line): unknown => JSON.parse(line));
}
