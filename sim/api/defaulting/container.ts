/** Defaults of containers and probes (Kubernetes v1.36, pkg/apis/core/v1/defaults.go). */
import type { Container, EphemeralContainer, Probe } from '../types/container.ts';
import { change, fill, mapSame } from './fill.ts';

type AnyContainer = Container | EphemeralContainer;
type HttpGet = NonNullable<Probe['httpGet']>;
type Handler = NonNullable<NonNullable<Container['lifecycle']>['preStop']>;

/** `Always` for `:latest` or no tag, unless a digest pins the image. */
export function pullPolicyOf(image: string): 'Always' | 'IfNotPresent' {
  if (image.includes('@')) return 'IfNotPresent';
  const tag = image.slice(image.lastIndexOf('/') + 1).split(':')[1];
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent';
}

export function defaultContainer<C extends AnyContainer>(container: C): C {
  const defaults: Partial<AnyContainer> = {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicyOf(container.image ?? ''),
  };
  let result: AnyContainer = fill<AnyContainer>(container, defaults);
  result = change(result, 'ports', (ports) => mapSame(ports, (port) => fill(port, { protocol: 'TCP' })));
  result = change(result, 'env', (env) => mapSame(env, defaultEnv));
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    result = change(result, probe, defaultProbe);
  }
  result = change(result, 'lifecycle', (lifecycle) =>
    change(change(lifecycle, 'postStart', defaultHandler), 'preStop', defaultHandler),
  );
  return result as C;
}

type Env = NonNullable<Container['env']>[number];
const defaultEnv = (env: Env): Env =>
  change(env, 'valueFrom', (source) => change(source, 'fieldRef', (ref) => fill(ref, { apiVersion: 'v1' })));

const defaultHttpGet = (action: HttpGet): HttpGet => fill(action, { path: '/', scheme: 'HTTP' });
const defaultHandler = (handler: Handler): Handler => change(handler, 'httpGet', defaultHttpGet);

function defaultProbe(probe: Probe): Probe {
  const timed = fill(probe, {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  });
  return change(change(timed, 'httpGet', defaultHttpGet), 'grpc', (grpc) => fill(grpc, { service: '' }));
}
