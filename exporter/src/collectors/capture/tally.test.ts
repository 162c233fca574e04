import { beforeEach, expect, it } from 'vitest';
import type { CaptureSocket, Counters } from './socket.js';
import { Tally } from './tally.js';

const LINGER = 60;

const socket = (cookie: number, current: Counters, more: Partial<CaptureSocket> = {}): CaptureSocket => ({
  cookie,
  process: 'sensor',
  device: 'eth0',
  method: 'v3',
  ringBytes: 1000,
  holder: { pid: 7, startTicks: 1 },
  fanout: '',
  folded: [0, 0, 0],
  current,
  ...more,
});

/** Of processes that live, by pid. */
const containers = new Map<number, string>();
beforeEach(() => {
  containers.clear();
  containers.set(7, '');
});

function tallyAt(): { tally: Tally; at: (now: number) => Tally; series: () => unknown[] } {
  let now = 0;
  const tally = new Tally(
    LINGER,
    ({ pid }) => containers.get(pid),
    () => now,
  );
  const at = (time: number): Tally => ((now = time), tally);
  const series = (): unknown[] =>
    [...tally.read()].map(({ process, device, delivered, drops, freezes, sockets, ringBytes }) =>
      [process, device, delivered, drops, freezes, sockets, ringBytes].join(' '),
    );
  return { tally, at, series };
}

it('adds up the sockets of one process, device and method', () => {
  const { tally, series } = tallyAt();
  tally.open([socket(1, [10, 1, 0]), socket(2, [20, 2, 1]), socket(3, [5, 0, 0], { device: 'any' })]);
  expect(series()).toEqual(['sensor eth0 30 3 1 2 2000', 'sensor any 5 0 0 1 1000']);
});

it('counts a renamed process on under its new name', () => {
  const { tally, series } = tallyAt();
  tally.open([socket(1, [10, 1, 0], { process: 'node' })]);
  tally.open([socket(1, [15, 2, 0])]);
  expect(series()).toEqual(['node eth0 10 1 0 0 0', 'sensor eth0 5 1 0 1 1000']);
});

it('takes in the last counts of a closed socket, once, and forgets its series after the linger time', () => {
  const { at, series } = tallyAt();
  at(0).open([socket(1, [10, 1, 0])]);
  at(10).open([]);
  at(11).close([socket(1, [12, 4, 0])]);
  expect(series()).toEqual(['sensor eth0 12 4 0 0 0']);
  at(11 + LINGER).open([]);
  expect(series()).toEqual(['sensor eth0 12 4 0 0 0']);
  at(12 + LINGER).open([]);
  expect(series()).toEqual([]);
});

it('counts a socket that was opened and closed between two looks', () => {
  const { tally, series } = tallyAt();
  tally.open([]);
  tally.close([socket(1, [7, 3, 0])]);
  expect(series()).toEqual(['sensor eth0 7 3 0 0 0']);
});

it('never lets a series fall while a socket of it is open', () => {
  const { at, series } = tallyAt();
  at(0).open([socket(1, [10, 0, 0]), socket(2, [1, 0, 0])]);
  at(200).open([socket(2, [2, 0, 0])]);
  at(400).open([socket(2, [3, 0, 0])]);
  expect(series()).toEqual(['sensor eth0 13 0 0 1 1000']);
});

const heldBy = (pid: number): Partial<CaptureSocket> => ({ holder: { pid, startTicks: 1 } });

const byContainer = (tally: Tally): unknown[] =>
  [...tally.read()].map(({ process, container, delivered, sockets }) => [
    process,
    container,
    delivered,
    sockets,
  ]);

it('tells two processes of one name apart by their containers', () => {
  containers.set(8, 'c1').set(9, 'c2');
  const { tally } = tallyAt();
  tally.open([socket(1, [10, 0, 0], heldBy(8)), socket(2, [5, 0, 0], heldBy(9)), socket(3, [1, 0, 0])]);
  tally.open([socket(1, [20, 0, 0], heldBy(8)), socket(2, [6, 0, 0], heldBy(9)), socket(3, [1, 0, 0])]);
  expect(byContainer(tally)).toEqual([
    ['sensor', 'c1', 20, 1],
    ['sensor', 'c2', 6, 1],
    ['sensor', '', 1, 1],
  ]);
});

it('knows the container of a process that has ended by what it was', () => {
  containers.set(8, 'c1');
  const { tally } = tallyAt();
  tally.open([socket(1, [10, 0, 0], heldBy(8))]);
  containers.delete(8);
  tally.close([socket(1, [12, 0, 0], heldBy(8)), socket(2, [5, 0, 0], heldBy(8))]);
  tally.open([]);
  expect(byContainer(tally)).toEqual([
    ['sensor', 'c1', 12, 0],
    ['sensor', '', 5, 0],
  ]);
});

it('counts a process that goes into a container on there', () => {
  const { tally } = tallyAt();
  tally.open([socket(1, [10, 0, 0])]);
  containers.set(7, 'c1');
  tally.open([socket(1, [12, 0, 0])]);
  expect(byContainer(tally)).toEqual([
    ['sensor', '', 10, 0],
    ['sensor', 'c1', 2, 1],
  ]);
});

it('asks for the container of a process once a look', () => {
  const asked: number[] = [];
  const tally = new Tally(LINGER, ({ pid }) => (asked.push(pid), ''));
  tally.open([socket(1, [0, 0, 0]), socket(2, [0, 0, 0]), socket(3, [0, 0, 0], heldBy(8))]);
  tally.close([socket(4, [0, 0, 0]), socket(5, [0, 0, 0])]);
  expect(asked).toEqual([7, 8, 7]);
});
