import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../sim/engine/index.ts';
import { formatRange } from '../../sim/world/addresses.ts';
import { type Sandbox, World } from '../../sim/world/index.ts';

const GIB = 2 ** 30;

function worldOf(names: readonly string[], options = {}) {
  const world = new World(new Simulation('1'), undefined, options);
  for (const name of names) {
    world.addMachine({ name, cpuMilli: 4000, memoryBytes: 16 * GIB, zone: name < 'm' ? 'a' : 'b' });
  }
  return world;
}

describe('address plan', () => {
  it('gives each node a /24 in order of registration', () => {
    const world = worldOf(['a', 'b', 'x']);
    expect([...world.machines()].map((m) => formatRange(m.podRange))).toEqual([
      '10.244.0.0/24',
      '10.244.1.0/24',
      '10.244.2.0/24',
    ]);
    expect([...world.machines()].map((m) => m.hostIP)).toEqual(['172.16.0.1', '172.16.0.2', '172.16.0.3']);
  });

  it('takes the large range for more than 256 nodes and says when a range is used up', () => {
    const names = Array.from({ length: 5000 }, (_, i) => `n${i}`);
    const world = worldOf(names, { expectedNodes: 5000 });
    expect(formatRange(world.machine('n4999')!.podRange)).toBe('10.147.135.0/24');
    expect(world.machineOwning('10.147.135.77')).toBe(world.machine('n4999'));
    expect(() => worldOf(names, { expectedNodes: 256 })).toThrow(/no room for block 256/);
  });

  it('hands out addresses in turn and does not reuse the last one at once', () => {
    const world = worldOf(['a']);
    const first = world.createSandbox(world.machine('a')!, 'ns/p', 'u', false)!;
    world.removeSandbox(first);
    const second = world.createSandbox(world.machine('a')!, 'ns/q', 'v', false)!;
    expect([first.ip, second.ip]).toEqual(['10.244.0.2', '10.244.0.3']);
  });
});

describe('sandboxes', () => {
  it('answer between creation and removal, and accept connections only while serving', () => {
    const world = worldOf(['a']);
    const log: string[] = [];
    world.listen({
      sandboxServing: (s) => log.push(`serving ${s.podKey}`),
      sandboxSilent: (s) => log.push(`silent ${s.podKey}`),
      sandboxGone: (s) => log.push(`gone ${s.podKey}`),
    });
    const sandbox = world.createSandbox(world.machine('a')!, 'ns/p', 'u', false)!;
    expect(world.sandboxAt(sandbox.ip)).toBe(sandbox);
    expect(sandbox.serving).toBe(false);
    world.setServing(sandbox, true);
    world.setServing(sandbox, true);
    world.setServing(sandbox, false);
    world.setServing(sandbox, true);
    world.removeSandbox(sandbox);
    world.removeSandbox(sandbox);
    expect(log).toEqual(['serving ns/p', 'silent ns/p', 'serving ns/p', 'gone ns/p']);
    expect(world.sandboxAt(sandbox.ip)).toBeUndefined();
    expect(world.machineOwning(sandbox.ip)?.name).toBe('a');
  });

  it('of the host network share the address of the machine; the one that serves answers', () => {
    const world = worldOf(['a']);
    const silent = world.createSandbox(world.machine('a')!, 'ns/p', 'u', true)!;
    const serving = world.createSandbox(world.machine('a')!, 'ns/q', 'v', true)!;
    world.setServing(serving, true);
    expect(world.sandboxAt('172.16.0.1')).toBe(serving);
    world.removeSandbox(serving);
    expect(world.sandboxAt('172.16.0.1')).toBe(silent);
  });

  it('go with their machine, and none can be made on one that is down', () => {
    const world = worldOf(['a', 'b']);
    const lost = world.createSandbox(world.machine('a')!, 'ns/p', 'u', false)!;
    const kept = world.createSandbox(world.machine('b')!, 'ns/q', 'v', false)!;
    world.crashMachine('a', 'test');
    expect([world.sandboxAt(lost.ip), world.sandboxAt(kept.ip)]).toEqual([undefined, kept]);
    expect(world.createSandbox(world.machine('a')!, 'ns/r', 'w', false)).toBeUndefined();
    expect(world.machine('a')!.up).toBe(false);
    world.recoverMachine('a', 'test');
    expect(world.createSandbox(world.machine('a')!, 'ns/r', 'w', false)?.ip).toBe('10.244.0.3');
  });
});

it('latency depends on locality alone', () => {
  const world = worldOf(['a', 'b', 'x'], { links: { 'cross-zone': 700 } });
  const at = (name: string) => world.machine(name);
  expect(world.latencyUs(at('a'), at('a'))).toBe(15);
  expect(world.latencyUs(at('a'), at('b'))).toBe(100);
  expect(world.latencyUs(at('a'), at('x'))).toBe(700);
  expect(world.latencyUs(undefined, at('x'))).toBe(1000);
});

it('no two live sandboxes share an address, whatever comes and goes', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(300), { maxLength: 600 }), (steps) => {
      const world = worldOf(['a'], { nodeCIDRMaskSize: 27 });
      const live: Sandbox[] = [];
      for (const step of steps) {
        if (step % 3 === 0 && live.length > 0) world.removeSandbox(live.splice(step % live.length, 1)[0]!);
        else {
          const sandbox = world.createSandbox(world.machine('a')!, `ns/p${step}`, 'u', false);
          if (sandbox === undefined) expect(live.length).toBe(29);
          else live.push(sandbox);
        }
      }
      expect(new Set(live.map((s) => s.ip)).size).toBe(live.length);
      for (const sandbox of live) expect(world.sandboxAt(sandbox.ip)).toBe(sandbox);
    }),
    { seed: 1, numRuns: 50 },
  );
});
