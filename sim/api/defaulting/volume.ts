/** Defaults of pod volumes and claims (Kubernetes v1.36, pkg/apis/core/v1/defaults.go). */
import type { PersistentVolumeClaimSpec, Volume } from '../types/volume.ts';
import { pullPolicyOf } from './container.ts';
import { change, fill, mapSame } from './fill.ts';

/** Permission bits 0644. */
const DEFAULT_MODE = 0o644;
const TOKEN_LIFETIME_SECONDS = 3600;

export const defaultClaimSpec = (spec: PersistentVolumeClaimSpec): PersistentVolumeClaimSpec =>
  fill(spec, { volumeMode: 'Filesystem' });

type Downward = NonNullable<Volume['downwardAPI']>;
const defaultItems = (items: NonNullable<Downward['items']>) =>
  mapSame(items, (item) => change(item, 'fieldRef', (ref) => fill(ref, { apiVersion: 'v1' })));

type Projection = NonNullable<NonNullable<Volume['projected']>['sources']>[number];
function defaultProjection(source: Projection): Projection {
  const timed = change(source, 'serviceAccountToken', (token) =>
    fill(token, { expirationSeconds: TOKEN_LIFETIME_SECONDS }),
  );
  return change(timed, 'downwardAPI', (downward) => change(downward, 'items', defaultItems));
}

/** A volume without a source is an empty directory. */
export function defaultVolume(volume: Volume): Volume {
  if (Object.keys(volume).length <= 1) return { ...volume, emptyDir: {} };
  const mode = { defaultMode: DEFAULT_MODE };
  let result = change(volume, 'secret', (source) => fill(source, mode));
  result = change(result, 'configMap', (source) => fill(source, mode));
  result = change(result, 'downwardAPI', (source) => change(fill(source, mode), 'items', defaultItems));
  result = change(result, 'projected', (source) =>
    change(fill(source, mode), 'sources', (sources) => mapSame(sources, defaultProjection)),
  );
  result = change(result, 'hostPath', (source) => fill(source, { type: '' }));
  result = change(result, 'iscsi', (source) => fill(source, { iscsiInterface: 'default' }));
  result = change(result, 'rbd', (source) =>
    fill(source, { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' }),
  );
  result = change(result, 'azureDisk', (source) =>
    fill(source, { cachingMode: 'ReadWrite', kind: 'Shared', fsType: 'ext4', readOnly: false }),
  );
  result = change(result, 'image', (source) =>
    fill(source, { pullPolicy: pullPolicyOf(source.reference ?? '') }),
  );
  return change(result, 'ephemeral', (source) =>
    change(source, 'volumeClaimTemplate', (template) => change(template, 'spec', defaultClaimSpec)),
  );
}
