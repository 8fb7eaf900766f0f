/** Names of files and folders for what may be called anything, such as seeds. */
import { sha256 } from './manifest.ts';

const PLAIN = /^[\w.-]{1,100}$/;

/** The words joined by `-`; with a hash if they are too long for a file or have other characters than `A-Z a-z 0-9 _ . -`. */
export function fileName(words: readonly string[]): string {
  const text = words.join('-');
  if (PLAIN.test(text)) return text;
  return `${text.replace(/[^\w.-]/g, '_').slice(0, 80)}-${sha256(text).slice(0, 8)}`;
}
