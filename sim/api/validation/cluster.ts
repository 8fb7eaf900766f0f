import type { Node } from '../types/core.ts';
import type { Draft } from '../types/meta.ts';
import { type PriorityClass, taint as taintType } from '../types/scheduling.ts';
import type { ErrorList } from './field-error.ts';
import { internalJson } from './internal-json.ts';
import { optionalChoice, resourceQuantity } from './rules.ts';
import { validateTaints } from './scheduling.ts';

/** Upstream reports taints under metadata. */
export function validateNode(errors: ErrorList, node: Draft<Node>): void {
  validateTaints(errors, 'metadata.taints', node.spec.taints ?? [], (taint) =>
    internalJson(taintType, taint),
  );
  for (const list of ['capacity', 'allocatable'] as const) {
    for (const [name, quantity] of Object.entries(node.status?.[list] ?? {})) {
      resourceQuantity(errors, `status.${list}.${name}`, name, quantity);
    }
  }
}

const SYSTEM_CLASSES: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};
/** Priorities above belong to the system. */
const MAX_USER_PRIORITY = 1_000_000_000;

export function validatePriorityClass(
  errors: ErrorList,
  { metadata, value, preemptionPolicy }: Draft<PriorityClass>,
): void {
  const name = metadata.name ?? '';
  if (name.startsWith('system-')) {
    const reserved = "priority class names with 'system-' prefix are reserved for system use only. error: ";
    if (SYSTEM_CLASSES[name] === undefined) {
      errors.forbidden('metadata.name', `${reserved}${name} is not a known system priority class`);
    } else if (SYSTEM_CLASSES[name] !== value) {
      errors.forbidden(
        'metadata.name',
        `${reserved}value of ${name} PriorityClass must be ${SYSTEM_CLASSES[name]}`,
      );
    }
  } else if (value > MAX_USER_PRIORITY) {
    errors.forbidden('value', `maximum allowed value of a user defined priority is ${MAX_USER_PRIORITY}`);
  }
  optionalChoice(errors, 'preemptionPolicy', preemptionPolicy, ['Never', 'PreemptLowerPriority']);
}
