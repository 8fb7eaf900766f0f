/** Small API objects for tests. */
import type { DraftMeta, Pod } from '../../sim/api/index.ts';

export const podDraft = (name: string, metadata: DraftMeta = {}, spec: Partial<Pod['spec']> = {}) => ({
  apiVersion: 'v1' as const,
  kind: 'Pod' as const,
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'main', image: 'registry.example/app:1' }], ...spec },
});

export const configMap = (
  name: string,
  data: Readonly<Record<string, string>> = {},
  metadata: DraftMeta = {},
) => ({
  apiVersion: 'v1' as const,
  kind: 'ConfigMap' as const,
  metadata: { name, ...metadata },
  data,
});
