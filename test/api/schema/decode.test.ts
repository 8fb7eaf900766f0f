import { describe, expect, test } from 'vitest';
import { decode, printPath, resources, strictDecodingError } from '../../../sim/api/index.ts';

const pod = (fields: object) =>
  decode(resources.pods.schema, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, ...fields });

describe('decoding', () => {
  test('quantities become canonical, null and zero values of plain fields go', () => {
    const { value, issues } = pod({
      spec: {
        containers: [
          {
            name: 'c',
            resources: { limits: { cpu: 0.5, memory: '1024Mi' } },
            env: null,
            tty: false,
            ports: [],
          },
        ],
        hostNetwork: false,
        terminationGracePeriodSeconds: 0,
        nodeName: '',
      },
    });
    expect(issues).toEqual([]);
    expect(value.spec).toEqual({
      containers: [{ name: 'c', resources: { limits: { cpu: '500m', memory: '1Gi' } } }],
      terminationGracePeriodSeconds: 0,
    });
  });

  test('required lists and structs are there, absent pointers are not', () => {
    expect(decode(resources.pods.schema, {}).value.spec).toEqual({ containers: [] });
    const { spec } = decode(resources.deployments.schema, {}).value;
    expect(spec).toEqual({ template: { spec: { containers: [] } } });
  });

  test.each([
    [
      { metadata: { labels: { a: 1 } } },
      'metadata.labels.a',
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      { spec: { containers: {} } },
      'spec.containers',
      'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      { spec: { containers: [{ image: 1 }] } },
      'spec.containers[0].image',
      'json: cannot unmarshal number into Go struct field Container.spec.containers.image of type string',
    ],
    [
      { spec: { priority: 1.5 } },
      'spec.priority',
      'json: cannot unmarshal number 1.5 into Go struct field PodSpec.spec.priority of type int32',
    ],
    [
      { spec: { hostNetwork: 'yes' } },
      'spec.hostNetwork',
      'json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool',
    ],
    [{ spec: 1 }, 'spec', 'json: cannot unmarshal number into Go struct field Pod.spec of type v1.PodSpec'],
    [
      { spec: { nodeSelector: [] } },
      'spec.nodeSelector',
      'json: cannot unmarshal array into Go struct field PodSpec.spec.nodeSelector of type map[string]string',
    ],
    [
      { spec: { overhead: { cpu: true } } },
      'spec.overhead.cpu',
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
  ])('%j', (fields, path, message) => {
    const [issue, ...more] = pod(fields).issues;
    expect(more).toEqual([]);
    expect(issue?.kind).toBe('type');
    expect(printPath(issue?.path ?? [])).toBe(path);
    expect(issue?.message).toBe(message);
  });

  test('all unknown fields are reported in the order of the input', () => {
    const { issues } = pod({ spec: { foo: 1, containers: [{ imagee: 'x' }], constructor: 2 }, bar: 3 });
    expect(strictDecodingError(issues)).toBe(
      'unknown field "spec.foo", unknown field "spec.containers[0].imagee", unknown field "spec.constructor", unknown field "bar"',
    );
    expect(issues[1]?.known).toContain('image');
  });

  test('an object that is none is one mistake', () => {
    expect(decode(resources.pods.schema, []).issues).toHaveLength(1);
  });
});
