/** The committed list of cases known to fail, each with its cause. */
import { parse } from 'yaml';
import { z } from 'zod';

const KnownFailureList = z.array(
  z.strictObject({
    suite: z.string(),
    /** The id of a case; `*` stands for any characters. */
    id: z.string(),
    cause: z.string().min(1),
  }),
);

export type KnownFailure = Readonly<z.infer<typeof KnownFailureList>[number]>;

/** Reads the YAML list. Throws if it is not of its form. */
export function parseKnownFailures(yaml: string): KnownFailure[] {
  return KnownFailureList.parse(parse(yaml) ?? []);
}

/** Looks up the first entry that matches a case. */
export function knownFailureLookup(
  known: readonly KnownFailure[],
): (suite: string, id: string) => KnownFailure | undefined {
  const entries = known.map((entry) => ({ entry, pattern: globPattern(entry.id) }));
  return (suite, id) =>
    entries.find(({ entry, pattern }) => entry.suite === suite && pattern.test(id))?.entry;
}

function globPattern(glob: string): RegExp {
  const literal = glob.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${literal.join('.*')}$`, 's');
}
