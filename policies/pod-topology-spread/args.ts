/** PodTopologySpreadArgs of kubescheduler.config.k8s.io/v1, and the constraints that hold without them. */
import { HOSTNAME_LABEL, type TopologySpreadConstraint, ZONE_LABEL } from '../../sim/api/index.ts';
import { ArgsReader } from '../../sim/scheduler/contract.ts';

/** Applied to pods without constraints of their own that belong to a Service or controller. */
const SYSTEM_DEFAULTS: readonly TopologySpreadConstraint[] = [
  { topologyKey: HOSTNAME_LABEL, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3 },
  { topologyKey: ZONE_LABEL, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5 },
];

export function readArgs(raw: unknown): {
  readonly defaults: readonly TopologySpreadConstraint[];
  readonly system: boolean;
} {
  const args = new ArgsReader(raw, '');
  const system = args.oneOf('defaultingType', 'System', ['System', 'List']) === 'System';
  const listed = args.objects('defaultConstraints').map((constraint) => {
    const read = {
      topologyKey: constraint.text('topologyKey', ''),
      maxSkew: constraint.integer('maxSkew', 0, 1),
      whenUnsatisfiable: constraint.oneOf('whenUnsatisfiable', 'ScheduleAnyway', [
        'DoNotSchedule',
        'ScheduleAnyway',
      ]),
      minDomains: constraint.has('minDomains') ? constraint.integer('minDomains', 1, 1) : undefined,
    };
    for (const field of ['topologyKey', 'maxSkew', 'whenUnsatisfiable'])
      if (!constraint.has(field)) constraint.report(field, 'Required value');
    if (constraint.has('labelSelector'))
      constraint.report(
        'labelSelector',
        'Forbidden: constraint must not define a selector, as they deduced for each pod',
      );
    constraint.unknownFields();
    return read;
  });
  if (system && listed.length > 0)
    args.report('defaultingType', 'Invalid value: "System": when .defaultConstraints are not empty');
  args.finish();
  return { defaults: system ? SYSTEM_DEFAULTS : listed, system };
}
