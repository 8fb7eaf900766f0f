/**
 * Pods run as a service account, `default` unless they say: plugin/pkg/admission/serviceaccount, Kubernetes v1.36.
 * DEVIATION: no token volume is mounted, and the account `default` need not exist (upstream a pod created before the service
 * account controller has made it is refused).
 */
import type { Draft, Pod, ServiceAccount } from '../../api/index.ts';
import { type Failure, forbidden } from '../errors.ts';
import { type Attributes, pluginFor } from './plugin.ts';

const defaultAccount = 'default';

export const serviceAccount = pluginFor('ServiceAccount', 'pods', admit);

function admit(pod: Draft<Pod>, { storage, table, namespace, name }: Attributes): Draft<Pod> | Failure {
  const { spec } = pod;
  const given = spec.serviceAccountName ?? '';
  const serviceAccountName = given === '' ? defaultAccount : given;
  const account = storage.tables.serviceaccounts.find(namespace, serviceAccountName)?.object;
  if (account === undefined && serviceAccountName !== defaultAccount) {
    const missing = `serviceaccount "${serviceAccountName}" not found`;
    const why = `error looking up service account ${namespace}/${serviceAccountName}: ${missing}`;
    return forbidden(table.definition, name, why);
  }
  const secrets = spec.imagePullSecrets ?? (account as ServiceAccount | undefined)?.imagePullSecrets;
  const withAccount = { ...spec, serviceAccountName, serviceAccount: serviceAccountName };
  return {
    ...pod,
    spec: secrets === undefined ? withAccount : { ...withAccount, imagePullSecrets: secrets },
  };
}
