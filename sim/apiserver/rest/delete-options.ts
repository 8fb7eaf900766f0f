/** The body of a DELETE: apimachinery/pkg/apis/meta/v1/validation, Kubernetes v1.36. */
import { isRecord } from '../../api/index.ts';
import { type Failure, invalid } from '../errors.ts';
import type { DeleteOptions } from '../request.ts';

const policies = ['Foreground', 'Background', 'Orphan'];

/** No body means no options. */
export function deleteOptions(body: unknown): DeleteOptions | Failure {
  if (!isRecord(body)) return {};
  const policy = body['propagationPolicy'];
  if (policy !== undefined && policy !== null && !policies.includes(String(policy))) {
    const supported = [...policies, 'nil'].map((value) => JSON.stringify(value)).join(', ');
    const message = `Unsupported value: ${JSON.stringify(policy)}: supported values: ${supported}`;
    const cause = { reason: 'FieldValueNotSupported', field: 'propagationPolicy', message };
    return invalid({ kind: 'DeleteOptions', group: 'meta.k8s.io' }, '', [cause]);
  }
  return body as DeleteOptions;
}
