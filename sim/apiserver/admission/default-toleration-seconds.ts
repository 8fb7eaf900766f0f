/** Pods tolerate unready and unreachable nodes for five minutes: plugin/pkg/admission/defaulttolerationseconds, v1.36. */
import { type Draft, type Pod, type Toleration, withFields } from '../../api/index.ts';
import { pluginFor } from './plugin.ts';

/** s; flags default-not-ready-toleration-seconds and default-unreachable-toleration-seconds. Documented. */
const defaultSeconds = 300;
const keys = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] as const;

const toleration = (key: string): Toleration => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: defaultSeconds,
});

const none: readonly Toleration[] = [];
/** Shared by all pods that say nothing. */
const both: readonly Toleration[] = keys.map(toleration);

export const defaultTolerationSeconds = pluginFor('DefaultTolerationSeconds', 'pods', (pod: Draft<Pod>) => {
  const present = pod.spec.tolerations ?? none;
  if (present.length === 0) return { ...pod, spec: withFields(pod.spec, { tolerations: both }) };
  const missing = keys.filter((key) => !present.some((t) => covers(t, key)));
  if (missing.length === 0) return pod;
  return { ...pod, spec: { ...pod.spec, tolerations: [...present, ...missing.map(toleration)] } };
});

function covers({ key = '', effect }: Toleration, wanted: string): boolean {
  return (key === wanted || key === '') && (effect === 'NoExecute' || effect === undefined);
}
