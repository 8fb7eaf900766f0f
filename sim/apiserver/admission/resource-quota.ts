/**
 * ResourceQuota admission: what a namespace may create, charged to the quota's status at once
 * (k8s.io/apiserver/pkg/admission/plugin/resourcequota, Kubernetes v1.36). The quota controller sets status.hard and takes back.
 * DEVIATION: there is no quota controller yet, so that a quota limits nothing until somebody writes its status.
 */
import {
  type Amount,
  addAmounts,
  amountOf,
  compareAmounts,
  type Draft,
  type Pod,
  printQuantity,
  type ResourceList,
  type ResourceQuota,
  subtractAmounts,
} from '../../api/index.ts';
import { type Failure, forbidden } from '../errors.ts';
import { withVersion } from '../object-meta.ts';
import { inScope } from '../quota/scopes.ts';
import { computeUsage, type Usage, usageOf } from '../quota/usage.ts';
import type { SubmittedObject } from '../request.ts';
import type { Entry } from '../stored-object.ts';
import type { Attributes } from './plugin.ts';

const nothing = amountOf('0');

/** Resources that every container has to state if a quota limits them. */
const stated = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];

/** Charges every quota that the object counts in; the refusal, with nothing charged, if one has no room. */
export function chargeQuotas(
  attributes: Attributes,
  object: SubmittedObject,
  before: SubmittedObject | undefined,
): Failure | undefined {
  const quotas = attributes.storage.tables.resourcequotas;
  if (quotas.size === 0) return undefined;
  const usage = growth(attributes, object, before);
  if ([...usage.values()].every((amount) => amount.unscaled === 0n)) return undefined;
  const charges: { readonly entry: Entry; readonly quota: ResourceQuota; readonly added: Usage }[] = [];
  for (const entry of quotas.inNamespace(attributes.namespace)) {
    const quota = entry.object as ResourceQuota;
    const hard = quota.status?.hard ?? {};
    const added = new Map([...usage].filter(([name]) => hard[name] !== undefined));
    const tracked =
      added.size > 0 || (attributes.table.name === 'pods' && stated.some((name) => hard[name] !== undefined));
    if (!tracked || !inScope(quota, attributes.table.name, object)) continue;
    const problem =
      unstated(attributes, object, quota, hard) ?? unknownUsage(quota, added) ?? exceeded(quota, hard, added);
    if (problem !== undefined) return forbidden(attributes.table.definition, attributes.name, problem);
    if (added.size > 0) charges.push({ entry, quota, added });
  }
  for (const { entry, quota, added } of charges) charge(attributes, entry, quota, added);
  return undefined;
}

/** Updates that may need more than before: pkg/quota evaluators that handle updates. */
export function chargeGrowth(
  attributes: Attributes,
  next: SubmittedObject,
  current: SubmittedObject,
): Failure | undefined {
  const { name } = attributes.table;
  if (name !== 'services' && name !== 'persistentvolumeclaims') return undefined;
  return chargeQuotas(attributes, next, current);
}

/** What the object adds to the usage: all it counts for, or what a change adds to that. */
function growth({ table }: Attributes, object: SubmittedObject, before: SubmittedObject | undefined): Usage {
  const usage = usageOf(table.name, object as never);
  if (before === undefined) return usage;
  const old = usageOf(table.name, before as never);
  const grown = [...usage].map(([name, amount]): [string, Amount] => {
    const had = old.get(name);
    return [name, had === undefined ? amount : subtractAmounts(amount, had)];
  });
  return new Map(grown.map(([name, amount]) => [name, amount.unscaled > 0n ? amount : nothing]));
}

function unstated(
  { table }: Attributes,
  object: SubmittedObject,
  quota: ResourceQuota,
  hard: ResourceList,
): string | undefined {
  if (table.name !== 'pods') return undefined;
  const { spec } = object as Draft<Pod>;
  const missing = stated
    .filter((name) => hard[name] !== undefined)
    .map((name): [string, string[]] => [name, lacking(spec, name)]);
  const lines = missing
    .filter(([, containers]) => containers.length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (lines.length === 0) return undefined;
  const text = lines.map(([name, containers]) => `${name} for: ${containers.join(',')}`).join('; ');
  return `failed quota: ${quota.metadata.name}: must specify ${text}`;
}

function lacking(spec: Pod['spec'], name: string): string[] {
  if (computeUsage(spec.resources?.requests, spec.resources?.limits).has(name)) return [];
  return [...spec.containers, ...(spec.initContainers ?? [])]
    .filter(({ resources }) => !computeUsage(resources?.requests, resources?.limits).has(name))
    .map((container) => container.name)
    .sort();
}

function unknownUsage(quota: ResourceQuota, added: Usage): string | undefined {
  const unknown = [...added.keys()].filter((name) => quota.status?.used?.[name] === undefined).sort();
  if (unknown.length === 0) return undefined;
  return `status unknown for quota: ${quota.metadata.name}, resources: ${unknown.join(',')}`;
}

function exceeded(quota: ResourceQuota, hard: ResourceList, added: Usage): string | undefined {
  const used = quota.status?.used ?? {};
  const over = [...added.keys()]
    .filter(
      (name) =>
        compareAmounts(addAmounts(amountOf(used[name]!), added.get(name)!), amountOf(hard[name]!)) > 0,
    )
    .sort();
  if (over.length === 0) return undefined;
  const print = (amount: (name: string) => string): string =>
    over.map((name) => `${name}=${amount(name)}`).join(',');
  const requested = print((name) => printQuantity(added.get(name)!));
  return `exceeded quota: ${quota.metadata.name}, requested: ${requested}, used: ${print((name) => used[name]!)}, limited: ${print((name) => hard[name]!)}`;
}

function charge({ storage }: Attributes, entry: Entry, quota: ResourceQuota, added: Usage): void {
  const used: Record<string, string> = { ...quota.status?.used };
  for (const [name, amount] of added)
    used[name] = printQuantity(addAmounts(amountOf(used[name] ?? '0'), amount));
  const charged: ResourceQuota = { ...quota, status: { ...quota.status, used } };
  storage.replace(storage.tables.resourcequotas, entry, withVersion(charged, storage.nextResourceVersion()));
}
