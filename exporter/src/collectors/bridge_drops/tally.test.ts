import { beforeEach, describe, expect, it } from 'vitest';
import { functionOfNumber, isForNobody, numberOfFunction } from './functions.js';
import type { Port } from './ports.js';
import type { DropRow } from './rows.js';
import { Tally } from './tally.js';

const HERE = 4026531840;
const ELSEWHERE = 4026532999;
const PATIENCE = 100;

const ports = (...names: readonly string[]): Map<number, Port> =>
  new Map([
    [1, { bridge: 'br0', port: '', others: names.length }],
    ...names.map((port, i): [number, Port] => [i + 2, { bridge: 'br0', port, others: names.length - 1 }]),
  ]);

const row = (packets: number, more: Partial<DropRow> = {}): DropRow => ({
  row: 0,
  function: 'br_forward',
  multicast: false,
  reason: '',
  ifindex: 2,
  netns: HERE,
  packets,
  ...more,
});

let now: number;
let tally: Tally;
beforeEach(() => {
  now = 0;
  tally = new Tally(HERE, PATIENCE, () => now);
  tally.follow(ports('eth0', 'tap0'));
});

const causes = (): string[] =>
  [...tally.causes].map(({ bridge, port, reason, packets }) => `${bridge} ${port} ${reason} ${packets}`);

describe('Tally', () => {
  it('shows a bridge that dropped nothing', () => {
    expect([...tally.bridges]).toEqual([['br0', 0]]);
  });

  it('adds what rows grow by, by port and reason, and names the function where the kernel gives no reason', () => {
    tally.add([row(3), row(5, { row: 1, ifindex: 3, reason: 'PKT_TOO_BIG' })]);
    tally.add([row(4), row(5, { row: 1, ifindex: 3, reason: 'PKT_TOO_BIG' })]);
    expect([...tally.bridges]).toEqual([['br0', 9]]);
    expect(causes()).toEqual(['br0 eth0 br_forward 4', 'br0 tap0 PKT_TOO_BIG 5']);
  });

  it('adds up two rows of one place', () => {
    tally.add([row(3), row(4, { row: 7 })]);
    expect(causes()).toEqual(['br0 eth0 br_forward 7']);
  });

  it('counts a row anew that another place has taken', () => {
    tally.add([row(30)]);
    tally.add([row(4, { reason: 'NOMEM' })]);
    expect(causes()).toEqual(['br0 eth0 br_forward 30', 'br0 eth0 NOMEM 4']);
  });

  it('gives back the row of a port that is gone, keeps the sum of its bridge, and forgets the sum of the port', () => {
    tally.add([row(30, { ifindex: 3 })]);
    tally.follow(ports('eth0'));
    expect(tally.add([row(31, { ifindex: 3 })])).toEqual([0]);
    expect([...tally.bridges]).toEqual([['br0', 31]]);
    tally.follow(ports('eth0'));
    expect(causes()).toEqual([]);
  });

  it('forgets a bridge that is gone, and begins at 0 with another of its name', () => {
    tally.add([row(30)]);
    tally.follow(new Map());
    expect([...tally.bridges]).toEqual([]);
    tally.follow(ports('eth0'));
    expect([...tally.bridges]).toEqual([['br0', 0]]);
  });

  it('puts what other namespaces drop under one name, and gives back their rows when they rest', () => {
    const other = (packets: number): DropRow => row(packets, { netns: ELSEWHERE });
    expect(tally.add([other(5)])).toEqual([]);
    now = PATIENCE;
    expect(tally.add([other(6)])).toEqual([]);
    now = 2 * PATIENCE + 1;
    expect(tally.add([other(6)])).toEqual([0]);
    expect(causes()).toEqual(['(other bridges)  br_forward 6']);
  });

  it('knows whether a row is of a port that it was told of', () => {
    expect(tally.knows([row(1), row(1, { netns: ELSEWHERE, ifindex: 99 })])).toBe(true);
    expect(tally.knows([row(1, { ifindex: 99 })])).toBe(false);
  });

  it.each<[string, Partial<DropRow>]>([
    ['is multicast that no port has joined', { multicast: true, reason: 'NO_TX_TARGET' }],
    ['is the same on a kernel without reasons', { multicast: true, function: 'br_handle_frame_finish' }],
    ['comes in where spanning tree keeps the port closed', { reason: 'BRIDGE_INGRESS_STP_STATE' }],
    ["is the host's own, refused by its firewall", { function: 'nf_hook_slow', ifindex: 1 }],
  ])('leaves out what %s', (_, more) => {
    tally.add([row(5, more)]);
    expect([...tally.bridges]).toEqual([['br0', 0]]);
  });

  it.each<[string, Partial<DropRow>, readonly string[], number]>([
    ['unknown unicast that no other port takes', { reason: 'NO_TX_TARGET' }, ['eth0', 'tap0'], 5],
    ['unknown unicast without another port', { reason: 'NO_TX_TARGET' }, ['eth0'], 0],
    ['what netfilter refuses at a port', { function: 'nf_hook_slow' }, ['eth0', 'tap0'], 5],
    ['multicast that is too long', { multicast: true, reason: 'PKT_TOO_BIG' }, ['eth0', 'tap0'], 5],
  ])('of %s: counts %s', (_, more, names, expected) => {
    tally.follow(ports(...names));
    tally.add([row(5, more)]);
    expect([...tally.bridges]).toEqual([['br0', expected]]);
  });
});

it('gives functions numbers that lead back to them', () => {
  expect(functionOfNumber(numberOfFunction('br_flood')!)).toBe('br_flood');
  expect([numberOfFunction('br_fdb_update'), functionOfNumber(0), functionOfNumber(500)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(isForNobody({ function: 'br_forward', multicast: true, reason: '' })).toBe(false);
});
