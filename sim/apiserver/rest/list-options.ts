/** Query parameters of lists: apimachinery/pkg/apis/meta/internalversion/validation, Kubernetes v1.36. */
import { badRequest, type Failure, invalid } from '../errors.ts';

export type Parameters = Readonly<Record<string, string>>;

const listOptions = { kind: 'ListOptions', group: 'meta.k8s.io' };

/** The refusal of malformed parameters, if any. */
export function refuseListOptions(parameters: Parameters): Failure | undefined {
  const { limit, resourceVersion, resourceVersionMatch } = parameters;
  if (limit !== undefined && !/^[+-]?\d+$/.test(limit)) {
    return badRequest(`strconv.ParseInt: parsing ${JSON.stringify(limit)}: invalid syntax`);
  }
  if (resourceVersionMatch !== undefined && resourceVersion === undefined) {
    const message = 'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided';
    return invalid(listOptions, '', [
      { reason: 'FieldValueForbidden', field: 'resourceVersionMatch', message },
    ]);
  }
  if (resourceVersion !== undefined && !/^\d*$/.test(resourceVersion)) {
    const why = `strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`;
    return badRequest(
      `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(resourceVersion)}: ${why}`,
    );
  }
  return parameters['continue'] === undefined ? undefined : refuseContinue(parameters['continue']);
}

/** Where to go on after a limited list: the key of the last item, as base64 of JSON. */
export const continueAfter = (key: string, resourceVersion: string): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: Number(resourceVersion), start: key })).toString(
    'base64url',
  );

/** The key of the last item that the client has. */
export function continueKey(token: string): string {
  const { start } = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as {
    readonly start: string;
  };
  return start;
}

function refuseContinue(token: string): Failure | undefined {
  const bytes = Buffer.from(token, 'base64url');
  try {
    continueKey(token);
    return undefined;
  } catch {
    const first = String.fromCharCode(bytes[0] ?? 0);
    const why =
      bytes.length === 0
        ? 'unexpected end of JSON input'
        : `invalid character '${first}' looking for beginning of value`;
    return badRequest(`invalid continue token: continue key is not valid: ${why}`);
  }
}
