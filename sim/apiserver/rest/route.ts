/** From a request path to what it names: the resource paths of the Kubernetes API (v1.36). */
import { type ResourceName, resourceNames, resources } from '../../api/index.ts';

export interface Route {
  readonly resource: ResourceName;
  /** Empty for cluster-scoped resources and for lists over all namespaces. */
  readonly namespace: string;
  /** Empty for the collection. */
  readonly name: string;
  /** Empty for the object itself. */
  readonly subresource: string;
}

const served = new Map<string, ResourceName>();
for (const name of resourceNames) {
  const { group, version, plural } = resources[name];
  served.set(`${group}/${version}/${plural}`, name);
}

/** Undefined for a path that the server does not know. */
export function routeOf(path: string): Route | undefined {
  const [prefix, ...rest] = path.split('/').filter((part) => part !== '');
  if (prefix === 'api') return route('', rest[0] ?? '', rest.slice(1));
  if (prefix === 'apis') return route(rest[0] ?? '', rest[1] ?? '', rest.slice(2));
  return undefined;
}

function route(group: string, version: string, parts: readonly string[]): Route | undefined {
  const [first, second = '', third, ...rest] = parts;
  const within = first === 'namespaces' && third !== undefined && third !== 'status' && third !== 'finalize';
  const [plural = '', name = '', subresource = '', ...extra] = within ? [third, ...rest] : parts;
  const resource = served.get(`${group}/${version}/${plural}`);
  if (resource === undefined || extra.length > 0) return undefined;
  if (within && !resources[resource].namespaced) return undefined;
  return { resource, namespace: within ? second : '', name, subresource };
}
