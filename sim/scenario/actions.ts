/** Timeline steps of the scenario → actions with their objects and instants. */
import { resourceOfKindName, resources } from '../api/index.ts';
import type { ObjectReference } from '../apiserver/index.ts';
import type { LoadedScenario } from './load.ts';
import type { TimelineStep } from './schema/timeline.ts';
import { stepsOf } from './steps.ts';
import type { Action, TimedAction } from './timeline.ts';

export function timedActions(loaded: LoadedScenario): TimedAction[] {
  return stepsOf(loaded.scenario).flatMap(({ at, step }) =>
    actionsOf(step, loaded).map((action) => ({ at, action })),
  );
}

function actionsOf(step: TimelineStep, loaded: LoadedScenario): Action[] {
  if ('apply' in step)
    return (loaded.applied.get(step.apply) ?? []).map((object) => ({ do: 'apply', object }));
  if ('delete' in step) return [{ do: 'delete', target: targetOf(step.delete) }];
  if ('scale' in step) return [{ do: 'scale', target: targetOf(step.scale), replicas: step.scale.replicas }];
  if ('patch' in step) return [{ do: 'patch', target: targetOf(step.patch), patch: step.patch.patch }];
  if ('setImage' in step) {
    const { container, image } = step.setImage;
    const patch = { spec: { template: { spec: { containers: [{ name: container, image }] } } } };
    return [{ do: 'patch', target: targetOf(step.setImage), patch }];
  }
  if ('cordon' in step) return [{ do: 'cordon', node: step.cordon, unschedulable: true }];
  if ('fail' in step) return [];
  if ('uncordon' in step) return [{ do: 'cordon', node: step.uncordon, unschedulable: false }];
  return [{ do: 'drain', node: step.drain }];
}

interface NamedObject {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/** Throws RangeError for a kind that is not served; the loader has checked that. */
export function targetOf({ kind, name, namespace }: NamedObject): ObjectReference {
  const resource = resourceOfKindName(kind);
  if (resource === undefined) throw new RangeError(`no such kind: ${kind}`);
  return { resource, namespace: resources[resource].namespaced ? namespace : '', name };
}
