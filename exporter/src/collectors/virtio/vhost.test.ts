import { beforeEach, describe, expect, it } from 'vitest';
import type { SchedStat, VhostWorker } from '../../machine/index.js';
import { VhostLedger } from './vhost.js';

describe('VhostLedger', () => {
  let workers: Map<string, VhostWorker[]>;
  let times: Map<number, SchedStat>;
  let ledger: VhostLedger;
  beforeEach(() => {
    workers = new Map();
    times = new Map();
    ledger = new VhostLedger(
      () => workers,
      (tid) => times.get(tid),
    );
  });

  const worker = (tid: number, startTicks = tid): VhostWorker => ({ tid, startTicks });
  const time = (running: number, runqueue = 0): SchedStat => ({ running, runqueue });

  it('adds up the workers of each VM at the moment it is asked', () => {
    workers.set('a', [worker(1), worker(2)]).set('b', [worker(3)]);
    expect(ledger.refresh(new Set(['a', 'b', 'c'])).size).toBe(0);
    times.set(1, time(10, 1)).set(2, time(20, 2)).set(3, time(40, 4));
    expect(ledger.read()).toEqual(
      new Map([
        ['a', time(30, 3)],
        ['b', time(40, 4)],
      ]),
    );
    times.set(1, time(11, 5));
    expect(ledger.read().get('a')).toEqual(time(31, 7));
  });

  it('keeps what an ended worker had, also when its id is given to another', () => {
    workers.set('a', [worker(1, 100)]);
    times.set(1, time(50, 5));
    ledger.refresh(new Set(['a']));
    times.delete(1);
    expect(ledger.read().get('a')).toEqual(time(50, 5));
    times.set(1, time(3, 1));
    expect(ledger.read().get('a')).toEqual(time(50, 5));
    workers.set('a', [worker(1, 200)]);
    ledger.refresh(new Set(['a']));
    expect(ledger.read().get('a')).toEqual(time(53, 6));
  });

  it('hands over the last sums of a VM that has ended, once', () => {
    workers.set('a', [worker(1)]).set('b', [worker(2)]);
    times.set(1, time(7)).set(2, time(8));
    ledger.refresh(new Set(['a', 'b']));
    times.set(1, time(9, 1));
    ledger.read();
    workers.delete('a');
    times.delete(1);
    expect(ledger.refresh(new Set(['b']))).toEqual(new Map([['a', time(9, 1)]]));
    expect(ledger.refresh(new Set(['b'])).size).toBe(0);
    expect(ledger.read()).toEqual(new Map([['b', time(8)]]));
  });
});
