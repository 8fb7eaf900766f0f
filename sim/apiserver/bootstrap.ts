/** What a kube-apiserver makes when it starts: pkg/controlplane (system namespaces), scheduling/rest (priority classes), v1.36. */
import type { RequestContext } from './context.ts';
import { execute } from './verbs/execute.ts';

export const systemNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'] as const;

/** pkg/apis/scheduling: values above this are the system's. */
export const highestUserPriority = 1_000_000_000;
export const systemPriorityClasses = [
  { name: 'system-cluster-critical', value: 2 * highestUserPriority },
  { name: 'system-node-critical', value: 2 * highestUserPriority + 1000 },
] as const;

export function bootstrap(context: RequestContext): void {
  for (const name of systemNamespaces) {
    execute(context, {
      verb: 'create',
      resource: 'namespaces',
      namespace: '',
      object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    });
  }
  for (const { name, value } of systemPriorityClasses) {
    const object = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value };
    execute(context, { verb: 'create', resource: 'priorityclasses', namespace: '', object });
  }
}
