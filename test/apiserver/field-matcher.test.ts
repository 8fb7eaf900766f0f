import { expect, test } from 'vitest';
import { type Pod, parseFieldSelector } from '../../sim/api/index.ts';
import { FieldMatcher } from '../../sim/apiserver/field-matcher.ts';

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'ns', uid: '', resourceVersion: '', creationTimestamp: '' },
  spec: { containers: [], nodeName: 'n1' },
  status: { phase: 'Running' },
};

test.each([
  ['spec.nodeName=n1', true],
  ['spec.nodeName==n1,status.phase!=Succeeded', true],
  ['spec.nodeName=', false],
  ['metadata.name!=p', false],
  ['spec.hostNetwork=false', true],
  ['status.podIP=', true],
  ['', true],
])('pods by %j: %s', (text, expected) => {
  const selector = parseFieldSelector('pods', text);
  if ('error' in selector) throw new Error(selector.error);
  expect(new FieldMatcher(selector).matches(pod)).toBe(expected);
});
