/** `npm run conformance`: see `options.ts` for the command line. */
import { conformance } from './runner.ts';

process.exitCode = await conformance(process.argv.slice(2), process.stdout, process.stderr);
