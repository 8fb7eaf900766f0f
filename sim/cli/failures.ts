/** What ends a command early, in words on stderr and as an exit code. */
import { InvariantViolation } from '../engine/index.ts';
import { InputError, UsageError } from '../experiment/errors.ts';
import { PolicyModuleError } from '../experiment/policy-module.ts';
import { UnknownName } from '../scenario/index.ts';
import { ConfigurationError, PolicyError } from '../scheduler/index.ts';
import { onStderr } from './colours.ts';
import { EXIT, Interrupted } from './exit.ts';

const USERS_MISTAKES = [UsageError, UnknownName, ConfigurationError, PolicyModuleError] as const;
const isUsersMistake = (error: unknown): error is Error =>
  USERS_MISTAKES.some((kind) => error instanceof kind);

/** Returns the exit code. A stack trace only with KUBEDES_DEBUG, and never for a user's mistake. */
export function reportFailure(error: unknown): number {
  if (error instanceof InputError) {
    console.error(error.message);
    return EXIT.usage;
  }
  if (isUsersMistake(error)) {
    console.error(`${onStderr.red('error')}: ${error.message}`);
    return EXIT.usage;
  }
  if (error instanceof Interrupted) {
    console.error(`${onStderr.yellow('interrupted')}: ${error.message}`);
    return error.exitCode;
  }
  if (error instanceof InvariantViolation || error instanceof PolicyError) {
    console.error(`${onStderr.red(error.name)}: ${error.message}`);
    return EXIT.failed;
  }
  console.error(error instanceof Error ? `${onStderr.red('error')}: ${error.message}` : error);
  if (process.env['KUBEDES_DEBUG'] !== undefined && error instanceof Error) console.error(error.stack);
  return EXIT.failed;
}
