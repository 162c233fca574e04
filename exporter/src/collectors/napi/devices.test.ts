import { afterEach, beforeEach, expect, it } from 'vitest';
import { napi_device, napi_place, napi_row, onEveryCpu, Table } from '../../kernel/index.js';
import { TableFiles } from '../../kernel/table_files.testing.js';
import type { NetInterface } from '../../machine/index.js';
import { NapiDevices } from './devices.js';

const layouts = { napi_devices: napi_device, napi_rows: onEveryCpu(napi_row) };
const NETNS = 4_026_531_840;

let files: TableFiles<typeof layouts>;
let devices: NapiDevices;
let known: Table<typeof napi_device>;
beforeEach(() => {
  files = new TableFiles(layouts);
  const tables = { napi_devices: files.fd('napi_devices'), napi_rows: files.fd('napi_rows') };
  devices = new NapiDevices({ tables, iterators: {} }, NETNS);
  known = new Table(files.fd('napi_devices'), napi_device);
});
afterEach(() => files.destroy());

const card = (name: string, ifindex: number): NetInterface => ({ name, ifindex, hardware: '/card' });
const virtual = (name: string, ifindex: number): NetInterface => ({ name, ifindex, hardware: undefined });
const packets = (): Record<string, number> =>
  Object.fromEntries(devices.read().map((each) => [each.device, each.packets]));
const special = { '(other devices)': 0, '(no device)': 0 };

/** What the program would write for one poll of a device on the first CPU. */
const poll = (ifindex: number, values: { packets: number; polls: number }): void =>
  files.set('napi_rows', known.u32(ifindex, 'place'), values);

it('shows cards at once and others when they were polled', () => {
  devices.follow([card('eth0', 2), virtual('veth0', 3)]);
  expect(packets()).toEqual({ eth0: 0, ...special });
  poll(3, { packets: 0, polls: 1 });
  expect(packets()).toEqual({ eth0: 0, veth0: 0, ...special });
});

it('keeps the count through a new name and starts anew for a device that takes the row', () => {
  devices.follow([card('eth0', 2)]);
  poll(2, { packets: 9, polls: 1 });
  devices.follow([card('lan0', 2)]);
  expect(packets()).toEqual({ lan0: 9, ...special });
  const places = napi_row.rows - napi_place.PLACE_FIRST_DEVICE;
  const others = Array.from({ length: places }, (_, i) => card(`o${i}`, 10 + i));
  devices.follow(others);
  expect(known.u32(2, 'ifindex')).toBe(0);
  expect(Object.values(packets()).every((count) => count === 0)).toBe(true);
  expect(Object.keys(packets()).length).toBe(places + 2);
});

it('tells the namespace of a device, and gives hardware the rows first', () => {
  const many = Array.from({ length: 100 }, (_, i) => virtual(`v${i}`, 10 + i));
  devices.follow([...many, card('late', 500)]);
  expect(known.u32(500, 'ifindex')).toBe(500);
  expect(known.u32(500, 'netns')).toBe(NETNS);
  expect(known.u32(109, 'ifindex')).toBe(0);
});

it('leaves one of two devices with one place in the table to the others', () => {
  devices.follow([card('one', 5), card('two', 5 + napi_device.rows)]);
  expect(packets()).toEqual({ one: 0, ...special });
});
