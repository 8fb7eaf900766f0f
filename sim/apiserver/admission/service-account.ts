/**
 * Pods run as a service account, `default` unless they say, and mount its token: plugin/pkg/admission/serviceaccount, v1.36.
 * DEVIATION: the account `default` need not exist (upstream a pod created before the service account controller has made it is
 * refused), and pods of one template share one name for the token volume (upstream draws one for each pod).
 */
import {
  type Container,
  type Draft,
  type Pod,
  type ServiceAccount,
  type Volume,
  withFields,
} from '../../api/index.ts';
import { type Failure, forbidden } from '../errors.ts';
import { type Attributes, pluginFor } from './plugin.ts';

const defaultAccount = 'default';
const volumePrefix = 'kube-api-access-';
const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
/** s; an hour and a little, so that rotation by age does not fall on the hour. */
const tokenSeconds = 3607;

export const serviceAccount = pluginFor('ServiceAccount', 'pods', admit);

function admit(pod: Draft<Pod>, attributes: Attributes): Draft<Pod> | Failure {
  const { storage, table, namespace, name } = attributes;
  const given = pod.spec.serviceAccountName ?? '';
  const serviceAccountName = given === '' ? defaultAccount : given;
  const found = storage.tables.serviceaccounts.find(namespace, serviceAccountName)?.object;
  if (found === undefined && serviceAccountName !== defaultAccount) {
    const missing = `serviceaccount "${serviceAccountName}" not found`;
    const why = `error looking up service account ${namespace}/${serviceAccountName}: ${missing}`;
    return forbidden(table.definition, name, why);
  }
  const account = found as ServiceAccount | undefined;
  const imagePullSecrets = pod.spec.imagePullSecrets ?? account?.imagePullSecrets;
  const spec = withFields(pod.spec, { serviceAccountName, serviceAccount: serviceAccountName });
  const mounts = pod.spec.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true;
  const complete = mounts ? withToken(spec, attributes) : spec;
  return { ...pod, spec: imagePullSecrets === undefined ? complete : { ...complete, imagePullSecrets } };
}

/** Adds the volume and a mount of it in every container that has nothing else at that place. */
function withToken(spec: Pod['spec'], { identity, table, namespace, name: pod }: Attributes): Pod['spec'] {
  const present = spec.volumes?.find((volume) => volume.name.startsWith(volumePrefix))?.name;
  const name = present ?? volumePrefix + identity.suffix(table.name, namespace, pod);
  let mounted = false;
  const mount = (container: Container): Container => {
    const mounts = container.volumeMounts ?? [];
    if (mounts.some((each) => each.mountPath === mountPath)) return container;
    mounted = true;
    return withFields(container, { volumeMounts: [...mounts, { name, readOnly: true, mountPath }] });
  };
  const containers = spec.containers?.map(mount) ?? spec.containers;
  const initContainers = spec.initContainers?.map(mount);
  if (!mounted) return spec;
  const volumes = present === undefined ? [...(spec.volumes ?? []), tokenVolume(name)] : spec.volumes;
  return withFields(
    spec,
    initContainers === undefined ? { containers, volumes } : { containers, initContainers, volumes },
  );
}

/** Shared by all pods. */
const tokenSources: NonNullable<Volume['projected']> = {
  sources: [
    { serviceAccountToken: { expirationSeconds: tokenSeconds, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: {
        items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
      },
    },
  ],
  defaultMode: 0o644,
};

const tokenVolume = (name: string): Volume => ({ name, projected: tokenSources });
