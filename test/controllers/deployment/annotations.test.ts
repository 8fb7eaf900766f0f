import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../../sim/api/index.ts';
import { newReplicaSetAnnotations, withReplicas } from '../../../sim/controllers/deployment/annotations.ts';

const deployment = (annotations: Record<string, string>): Deployment =>
  ({ metadata: { name: 'd', annotations } }) as unknown as Deployment;
const REVISION = 'deployment.kubernetes.io/revision';
const HISTORY = 'deployment.kubernetes.io/revision-history';

describe('the annotations of a new ReplicaSet', () => {
  it('take over the Deployment’s own but not what only it keeps', () => {
    const own = { team: 'x', 'kubectl.kubernetes.io/last-applied-configuration': '{}', [REVISION]: '7' };
    expect(newReplicaSetAnnotations(deployment(own), undefined, 1, false)).toEqual({
      team: 'x',
      [REVISION]: '1',
    });
  });

  it('stay the same object if nothing changes', () => {
    const current = { team: 'x', [REVISION]: '3' };
    expect(newReplicaSetAnnotations(deployment({ team: 'x' }), current, 3, true)).toBe(current);
    const counted = withReplicas(current, 3, 4);
    expect(withReplicas(counted, 3, 4)).toBe(counted);
  });

  it('keep former revisions when an old template comes back', () => {
    const once = newReplicaSetAnnotations(deployment({}), { [REVISION]: '1' }, 3, true);
    expect(once).toEqual({ [REVISION]: '3', [HISTORY]: '1' });
    expect(newReplicaSetAnnotations(deployment({}), once, 5, true)).toEqual({
      [REVISION]: '5',
      [HISTORY]: '1,3',
    });
  });
});
