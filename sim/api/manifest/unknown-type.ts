/** What to tell about an apiVersion and kind that Kubernetes v1.36, or this simulator, does not serve. */
import { type Diagnostic, didYouMean, type Position } from '../diagnostic.ts';
import { removedVersion } from '../removed-versions.ts';
import { resources } from '../resources.ts';

export interface TypeProblem extends Omit<Diagnostic, keyof Position> {
  readonly field: 'apiVersion' | 'kind';
}

const served = Object.values(resources);

export function unknownType(apiVersion: string, kind: string): TypeProblem {
  const removed = removedVersion(apiVersion, kind);
  if (removed !== undefined) {
    const { replacement, removedIn } = removed;
    return {
      field: 'apiVersion',
      severity: 'error',
      message: `${apiVersion} ${kind} was removed in Kubernetes ${removedIn}`,
      found: apiVersion,
      expected: replacement,
      hint: `write apiVersion: ${replacement}; some fields may have changed with it`,
    };
  }
  const same = served.find((row) => row.kind === kind);
  if (same !== undefined) {
    const message = `no kind ${kind} in ${apiVersion}`;
    return { field: 'apiVersion', severity: 'error', message, found: apiVersion, expected: same.apiVersion };
  }
  return unknownKind(apiVersion, kind);
}

/** A misspelt kind is an error; a kind of a group that is not simulated at all is left out. */
function unknownKind(apiVersion: string, kind: string): TypeProblem {
  const hint = didYouMean(
    kind,
    served.map((row) => row.kind),
  );
  const ownGroup = served.some((row) => row.apiVersion === apiVersion);
  if (hint === undefined && !ownGroup) {
    const message = `${kind} (${apiVersion}) is not simulated; the object is left out`;
    return { field: 'kind', severity: 'warning', message, found: kind };
  }
  return {
    field: 'kind',
    severity: 'error',
    message: `unknown kind ${kind} in ${apiVersion}`,
    found: kind,
    hint,
  };
}
