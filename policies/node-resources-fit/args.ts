/** NodeResourcesFitArgs of kubescheduler.config.k8s.io/v1. */
import { ArgsReader, type ResourceSpec, readResources } from '../../sim/scheduler/contract.ts';
import {
  leastAllocated,
  mostAllocated,
  requestedToCapacityRatio,
  type ScoreRows,
  type ShapePoint,
} from './strategies.ts';

export interface FitArgs {
  readonly ignoredResources: ReadonlySet<string>;
  readonly ignoredGroups: ReadonlySet<string>;
  readonly resources: readonly ResourceSpec[];
  readonly score: ScoreRows;
}

export function readArgs(raw: unknown): FitArgs {
  const args = new ArgsReader(raw, '');
  const strategy = args.object('scoringStrategy');
  const type = strategy?.oneOf('type', 'LeastAllocated', [
    'LeastAllocated',
    'MostAllocated',
    'RequestedToCapacityRatio',
  ]);
  const resources = readResources(strategy, 100);
  const ratio = strategy?.object('requestedToCapacityRatio');
  const shape = type === 'RequestedToCapacityRatio' ? readShape(strategy!, ratio) : [];
  strategy?.unknownFields();
  const result = {
    ignoredResources: new Set(args.texts('ignoredResources')),
    ignoredGroups: new Set(args.texts('ignoredResourceGroups')),
    resources,
    score:
      type === 'RequestedToCapacityRatio'
        ? requestedToCapacityRatio(shape)
        : type === 'MostAllocated'
          ? mostAllocated
          : leastAllocated,
  };
  args.finish();
  return result;
}

function readShape(strategy: ArgsReader, ratio: ArgsReader | undefined): readonly ShapePoint[] {
  const points = (ratio?.objects('shape') ?? []).map((point) => {
    // Configured scores go from 0 to 10.
    const read = {
      utilization: point.integer('utilization', 0, 0, 100),
      score: point.integer('score', 0, 0, 10) * 10,
    };
    point.unknownFields();
    return read;
  });
  ratio?.unknownFields();
  if (points.length === 0)
    strategy.report('requestedToCapacityRatio.shape', 'Required value: at least one point must be specified');
  for (let i = 1; i < points.length; i++)
    if (points[i]!.utilization <= points[i - 1]!.utilization)
      ratio?.report(`shape[${i}].utilization`, 'utilization values must be sorted in increasing order');
  return points;
}
