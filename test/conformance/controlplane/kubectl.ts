/**
 * The kubectl commands of the rollout recordings that change something, as what they send to the API server (kubectl v1.36.3,
 * pkg/polymorphichelpers). Commands that only print are passed over: their text is not compared here.
 */
import type { Deployment, ReplicaSet } from '../../../sim/api/index.ts';
import type { ApiServer } from '../../../sim/apiserver/index.ts';

/** Undefined: not played. */
export function kubectl(
  apiserver: ApiServer,
  namespace: string,
  args: readonly string[],
): 'done' | 'refused' | undefined {
  const [command, verb, target = ''] = args;
  if (command !== 'rollout' || !target.startsWith('deployment/')) return undefined;
  const name = target.slice('deployment/'.length);
  switch (verb) {
    case 'history':
    case 'status':
      return 'done';
    case 'pause':
    case 'resume':
      return patch(apiserver, namespace, name, { spec: { paused: verb === 'pause' } });
    case 'undo': {
      const flag = args.find((arg) => arg.startsWith('--to-revision='));
      return undo(apiserver, namespace, name, Number(flag?.slice('--to-revision='.length) ?? '0'));
    }
    default:
      return undefined;
  }
}

/** Whether the command would have failed: printing commands are known to have succeeded or not only by the recording. */
export const isPrinting = ([, verb]: readonly string[]): boolean => verb === 'history' || verb === 'status';

function patch(apiserver: ApiServer, namespace: string, name: string, value: unknown): 'done' | 'refused' {
  const result = apiserver.execute({
    verb: 'patch',
    resource: 'deployments',
    namespace,
    name,
    patchType: 'merge',
    patch: value,
  });
  return result.ok ? 'done' : 'refused';
}

const REVISION = 'deployment.kubernetes.io/revision';
const KEPT = [
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
];

/** Takes the template of a revision, the one before the last if 0, and the annotations of its ReplicaSet. */
function undo(apiserver: ApiServer, namespace: string, name: string, revision: number): 'done' | 'refused' {
  const deployment = apiserver.get('deployments', namespace, name);
  if (deployment === undefined || deployment.spec.paused === true) return 'refused';
  const rs = revisionOf(apiserver, deployment, revision);
  if (rs === undefined) return 'refused';
  const { 'pod-template-hash': _, ...labels } = rs.spec.template.metadata?.labels ?? {};
  const template = { ...rs.spec.template, metadata: { ...rs.spec.template.metadata, labels } };
  const own = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => KEPT.includes(key));
  const its = Object.entries(rs.metadata.annotations ?? {}).filter(([key]) => !KEPT.includes(key));
  const operations = [
    { op: 'replace', path: '/spec/template', value: template },
    { op: 'replace', path: '/metadata/annotations', value: Object.fromEntries([...own, ...its]) },
  ];
  const result = apiserver.execute({
    verb: 'patch',
    resource: 'deployments',
    namespace,
    name,
    patchType: 'json',
    patch: operations,
  });
  return result.ok ? 'done' : 'refused';
}

function revisionOf(apiserver: ApiServer, deployment: Deployment, wanted: number): ReplicaSet | undefined {
  const owned = apiserver
    .list('replicasets', deployment.metadata.namespace)
    .filter((rs) => rs.metadata.ownerReferences?.some(({ uid }) => uid === deployment.metadata.uid))
    .sort((a, b) => number(b) - number(a));
  return wanted === 0 ? owned[1] : owned.find((rs) => number(rs) === wanted);
}

const number = (rs: ReplicaSet): number => Number(rs.metadata.annotations?.[REVISION] ?? '0');
