/** The request path: the API server, what it is asked and what it answers. */

export { WallClock } from '../api/index.ts';
export { ApiServer, type ApiServerOptions } from './apiserver.ts';
export { systemNamespaces, systemPriorityClasses } from './bootstrap.ts';
export { errorText } from './errors.ts';
export {
  type ApiServerLatency,
  apiServerLatencies,
  defaultLatency,
  type LatencySource,
  noLatency,
} from './latency.ts';
export { inScope } from './quota/scopes.ts';
export { type Usage, usageOf } from './quota/usage.ts';
export type * from './reply.ts';
export type * from './request.ts';
export { type RestRequest, type RestResponse, serve } from './rest/serve.ts';
