/** Naive twin of the watch index and of watches, their oracle in test/apiserver. */
import { type Pod, parseSelector, type Selector } from '../../../sim/api/index.ts';
import type { WatchScope } from '../../../sim/apiserver/index.ts';

export const watchLine = (type: string, key: string, pod: Pod, previous: Pod | undefined): string =>
  `${type} ${key} ${pod.metadata.resourceVersion} ${previous?.metadata.resourceVersion ?? ''}`;

/** What a watch of pods tells, worked out from every change in plain words: is the object in, was it in? */
export class NaiveWatch {
  readonly lines: string[] = [];
  readonly #scope: WatchScope<'pods'>;
  readonly #labels: Selector;

  constructor(scope: WatchScope<'pods'>) {
    this.#scope = scope;
    this.#labels = parseSelector(scope.labelSelector ?? '') as Selector;
  }

  see(type: string, key: string, pod: Pod, previous: Pod | undefined): void {
    const is = type !== 'DELETED' && this.#covers(pod);
    const was = previous !== undefined && this.#covers(previous);
    if (is) this.lines.push(watchLine(was ? 'MODIFIED' : 'ADDED', key, pod, was ? previous : undefined));
    else if (was) this.lines.push(watchLine('DELETED', key, pod, previous));
  }

  #covers(pod: Pod): boolean {
    const { namespace, fieldSelector = '' } = this.#scope;
    if (namespace !== undefined && pod.metadata.namespace !== namespace) return false;
    const fields: Record<string, string> = {
      'spec.nodeName': pod.spec.nodeName ?? '',
      'status.phase': pod.status?.phase ?? '',
      'metadata.name': pod.metadata.name,
    };
    for (const term of fieldSelector.split(',').filter((each) => each !== '')) {
      const [, field = '', operator, value] = /^([^!=]+)(!?=)(.*)$/.exec(term) ?? [];
      if ((fields[field] === value) !== (operator === '=')) return false;
    }
    return this.#labels.matches(pod.metadata.labels);
  }
}
