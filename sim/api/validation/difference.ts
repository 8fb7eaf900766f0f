import type { Descriptor } from '../schema/descriptor.ts';
import { internalJson } from './internal-json.ts';
import { lineDiff } from './line-diff.ts';

/** Upstream prints both internal structs and appends their difference. */
export function withDifference(
  message: string,
  descriptor: Descriptor<unknown>,
  next: unknown,
  old: unknown,
): string {
  const print = (value: unknown): string => JSON.stringify(internalJson(descriptor, value), null, 1);
  return `${message}\n${lineDiff(print(old), print(next))}`;
}
