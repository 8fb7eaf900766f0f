import { describe, expect, it } from 'vitest';
import { Observations } from '../../sim/engine/observations.ts';

interface Kinds {
  readonly bound: { readonly pod: string };
  readonly ready: number;
}

describe('Observations', () => {
  it('tells the listeners of a kind, in the order in which they came', () => {
    const observations = new Observations<Kinds>();
    const heard: string[] = [];
    observations.on('bound', ({ pod }) => heard.push(`first ${pod}`));
    observations.on('ready', (n) => heard.push(`ready ${n}`));
    observations.on('bound', ({ pod }) => heard.push(`second ${pod}`));
    observations.emit('bound', { pod: 'a' });
    observations.emit('ready', 7);
    expect(heard).toEqual(['first a', 'second a', 'ready 7']);
  });

  it('wants a kind only while somebody listens', () => {
    const observations = new Observations<Kinds>();
    expect(observations.wants('bound')).toBe(false);
    const heard: number[] = [];
    const stop = observations.on('ready', (n) => heard.push(n));
    const stopOther = observations.on('ready', (n) => heard.push(-n));
    observations.emit('ready', 1);
    stop();
    stop();
    observations.emit('ready', 2);
    expect(observations.wants('ready')).toBe(true);
    stopOther();
    observations.emit('ready', 3);
    expect(observations.wants('ready')).toBe(false);
    expect(heard).toEqual([1, -1, -2]);
  });

  it('is not disturbed by a listener that leaves while it is told', () => {
    const observations = new Observations<Kinds>();
    const heard: string[] = [];
    const stop = observations.on('ready', () => {
      heard.push('once');
      stop();
    });
    observations.on('ready', () => heard.push('always'));
    observations.emit('ready', 1);
    observations.emit('ready', 2);
    expect(heard).toEqual(['once', 'always', 'always']);
  });
});
