/** The bounds of a LimitRange item in upstream's words: plugin/pkg/admission/limitranger (PodValidateLimitFunc), v1.36. */
import {
  amountOf,
  compareAmounts,
  type LimitRangeItem,
  quantityMilliValue,
  type ResourceList,
} from '../../api/index.ts';

/** Every bound of `item` that these requests and limits break, in upstream's words: minimum, maximum, ratio. */
export function boundsProblems(
  { type, min, max, maxLimitRequestRatio }: LimitRangeItem,
  requests: ResourceList,
  limits: ResourceList,
): string[] {
  const each = (
    bounds: ResourceList | undefined,
    check: (name: string, bound: string) => string | undefined,
  ): string[] => Object.entries(bounds ?? {}).flatMap(([name, bound]) => check(name, bound) ?? []);
  return [
    ...each(min, (name, bound) => minimumProblem(type, name, bound, requests[name], limits[name])),
    ...each(max, (name, bound) => maximumProblem(type, name, bound, requests[name], limits[name])),
    ...each(maxLimitRequestRatio, (name, bound) =>
      ratioProblem(type, name, bound, requests[name], limits[name]),
    ),
  ];
}

export const below = (a: string, b: string): boolean => compareAmounts(amountOf(a), amountOf(b)) < 0;

function minimumProblem(
  type: string,
  name: string,
  bound: string,
  request?: string,
  limit?: string,
): string | undefined {
  const what = `minimum ${name} usage per ${type} is ${bound}`;
  if (request === undefined) return `${what}.  No request is specified`;
  if (below(request, bound)) return `${what}, but request is ${request}`;
  return limit !== undefined && below(limit, bound) ? `${what}, but limit is ${limit}` : undefined;
}

function maximumProblem(
  type: string,
  name: string,
  bound: string,
  request?: string,
  limit?: string,
): string | undefined {
  const what = `maximum ${name} usage per ${type} is ${bound}`;
  if (limit === undefined) return `${what}.  No limit is specified`;
  if (below(bound, limit)) return `${what}, but limit is ${limit}`;
  return request !== undefined && below(bound, request) ? `${what}, but request is ${request}` : undefined;
}

function ratioProblem(
  type: string,
  name: string,
  bound: string,
  request?: string,
  limit?: string,
): string | undefined {
  const what = `${name} max limit to request ratio per ${type} is ${bound}`;
  if (request === undefined || limit === undefined || milli(request) === 0)
    return `${what}, but no request is specified or request is 0`;
  if (milli(limit) === 0) return `${what}, but no limit is specified or limit is 0`;
  const ratio = milli(limit) / milli(request);
  return ratio > milli(bound) / 1000 ? `${what}, but provided ratio is ${ratio.toFixed(6)}` : undefined;
}

const milli = (quantity: string): number => Number(quantityMilliValue(amountOf(quantity)));

/** Bounds of what a claim requests. */
export function claimProblems({ min, max }: LimitRangeItem, requests: ResourceList): string[] {
  const problems: string[] = [];
  for (const [name, bound] of Object.entries(min ?? {})) {
    const request = requests[name] ?? '0';
    const what = `minimum ${name} usage per PersistentVolumeClaim is ${bound}`;
    if (below(request, bound)) problems.push(`${what}, but request is ${request}`);
  }
  for (const [name, bound] of Object.entries(max ?? {})) {
    const request = requests[name] ?? '0';
    const what = `maximum ${name} usage per PersistentVolumeClaim is ${bound}`;
    if (below(bound, request)) problems.push(`${what}, but request is ${request}`);
  }
  return problems;
}
