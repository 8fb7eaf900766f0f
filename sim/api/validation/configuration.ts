/** ConfigMaps and Secrets (Kubernetes v1.36, pkg/apis/core/validation). */
import { configKeyProblems } from '../names.ts';
import type { ConfigMap, Secret } from '../types/core.ts';
import type { Draft } from '../types/meta.ts';
import type { ErrorList } from './field-error.ts';

const USERNAME = 'username';
const PASSWORD = 'password';

/** 1 MiB of data per ConfigMap or Secret. */
const MAX_DATA_BYTES = 1024 * 1024;

export function validateConfigMap(errors: ErrorList, { data = {}, binaryData = {} }: Draft<ConfigMap>): void {
  let bytes = 0;
  for (const [key, text] of Object.entries(data)) {
    errors.invalidEach(`data[${key}]`, key, configKeyProblems(key));
    if (binaryData[key] !== undefined)
      errors.invalid(`data[${key}]`, key, `duplicate of key present in binaryData`);
    bytes += Buffer.byteLength(text);
  }
  for (const [key, base64] of Object.entries(binaryData)) {
    errors.invalidEach(`binaryData[${key}]`, key, configKeyProblems(key));
    bytes += Buffer.byteLength(base64, 'base64');
  }
  if (bytes > MAX_DATA_BYTES) errors.tooLong('[]', MAX_DATA_BYTES);
}

/** Keys a Secret of a given type must have; one of a group is enough. */
const secretKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};

export function validateSecret(errors: ErrorList, { metadata, data = {}, type = '' }: Draft<Secret>): void {
  let bytes = 0;
  for (const [key, base64] of Object.entries(data)) {
    errors.invalidEach(`data[${key}]`, key, configKeyProblems(key));
    bytes += Buffer.byteLength(base64, 'base64');
  }
  if (bytes > MAX_DATA_BYTES) errors.tooLong('data', MAX_DATA_BYTES);
  for (const key of secretKeys[type] ?? []) if (data[key] === undefined) errors.required(`data[${key}]`);
  if (type === 'kubernetes.io/basic-auth' && data[USERNAME] === undefined && data[PASSWORD] === undefined) {
    errors.required('data[username]');
    errors.required('data[password]');
  }
  const account = 'kubernetes.io/service-account.name';
  if (type === 'kubernetes.io/service-account-token' && !metadata.annotations?.[account]) {
    errors.required(`metadata.annotations[${account}]`);
  }
}
