import type { Draft } from '../types/meta.ts';
import type { Ingress, IngressBackend, NetworkPolicy, NetworkPolicyPeer } from '../types/networking.ts';
import type { ErrorList } from './field-error.ts';
import { choice, labelSelector, optionalChoice, PROTOCOLS, portNumberOrName } from './rules.ts';

export function validateIngress(errors: ErrorList, { spec = {} }: Draft<Ingress>): void {
  const { rules = [], defaultBackend } = spec;
  if (rules.length === 0 && defaultBackend === undefined) {
    errors.invalid('spec', null, 'either `defaultBackend` or `rules` must be specified');
  }
  if (defaultBackend !== undefined) validateBackend(errors, 'spec.defaultBackend', defaultBackend);
  for (const [i, rule] of rules.entries()) {
    for (const [j, { path = '', pathType, backend }] of (rule.http?.paths ?? []).entries()) {
      const at = `spec.rules[${i}].http.paths[${j}]`;
      if (pathType === undefined) errors.required(`${at}.pathType`, 'pathType must be specified');
      else choice(errors, `${at}.pathType`, pathType, ['Exact', 'ImplementationSpecific', 'Prefix']);
      const absolute = path.startsWith('/') || (pathType === 'ImplementationSpecific' && path === '');
      if (pathType !== undefined && !absolute) errors.invalid(`${at}.path`, path, 'must be an absolute path');
      validateBackend(errors, `${at}.backend`, backend);
    }
  }
}

function validateBackend(errors: ErrorList, path: string, { service, resource }: IngressBackend): void {
  if (service === undefined && resource === undefined)
    errors.required(path, 'resource or service backend is required');
  if (service === undefined) return;
  if (service.name === '') errors.required(`${path}.service.name`);
  const { name = '', number = 0 } = service.port ?? {};
  if (name === '' && number === 0) errors.required(`${path}`, 'port name or number is required');
  else if (name !== '' && number !== 0) errors.invalid(path, null, 'cannot set both port name & port number');
  else
    portNumberOrName(
      errors,
      `${path}.service.port.${name === '' ? 'number' : 'name'}`,
      name === '' ? number : name,
    );
}

const CIDR = /^[0-9a-fA-F.:]+\/\d{1,3}$/;

export function validateNetworkPolicy(errors: ErrorList, { spec }: Draft<NetworkPolicy>): void {
  labelSelector(errors, 'spec.podSelector', spec?.podSelector);
  for (const direction of ['ingress', 'egress'] as const) {
    for (const [i, rule] of (spec?.[direction] ?? []).entries()) {
      const path = `spec.${direction}[${i}]`;
      for (const [j, { protocol, port, endPort }] of (rule.ports ?? []).entries()) {
        optionalChoice(errors, `${path}.ports[${j}].protocol`, protocol, PROTOCOLS);
        if (port !== undefined) portNumberOrName(errors, `${path}.ports[${j}].port`, port);
        if (endPort !== undefined && typeof port === 'number' && endPort < port) {
          errors.invalid(`${path}.ports[${j}].endPort`, endPort, 'must be greater than or equal to `port`');
        }
      }
      const [side, peers] =
        'from' in rule ? (['from', rule.from] as const) : (['to', 'to' in rule ? rule.to : []] as const);
      for (const [j, peer] of (peers ?? []).entries()) validatePeer(errors, `${path}.${side}[${j}]`, peer);
    }
  }
  const types = spec?.policyTypes ?? [];
  if (types.length > 2)
    errors.invalid('spec.policyTypes', types, 'may not specify more than two policyTypes');
  for (const [i, type] of types.entries())
    optionalChoice(errors, `spec.policyTypes[${i}]`, type, ['Ingress', 'Egress']);
}

function validatePeer(errors: ErrorList, path: string, peer: NetworkPolicyPeer): void {
  const given = [peer.podSelector, peer.namespaceSelector, peer.ipBlock].filter((part) => part !== undefined);
  if (given.length === 0) errors.required(path, 'must specify a peer');
  else if (given.length > 1 && peer.ipBlock !== undefined) {
    errors.forbidden(path, 'may not specify both ipBlock and another peer');
  }
  labelSelector(errors, `${path}.podSelector`, peer.podSelector);
  labelSelector(errors, `${path}.namespaceSelector`, peer.namespaceSelector);
  const cidr = peer.ipBlock?.cidr;
  if (cidr === '') errors.required(`${path}.ipBlock.cidr`);
  else if (cidr !== undefined && !CIDR.test(cidr)) {
    errors.invalid(
      `${path}.ipBlock.cidr`,
      cidr,
      'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    );
  }
}
