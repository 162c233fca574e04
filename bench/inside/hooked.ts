/**
 * `Hooked` in an emulated host, by lines on stdin, each answered by a line of JSON:
 *
 *     npx tsx bench/inside/hooked.ts [SIGNAL…]
 *
 *     on GROUP, off GROUP   put programs on their hooks, take them off
 *     measure, rest         have the kernel measure programs, or not
 *     read                  what it measured
 */
import { createInterface } from 'node:readline';
import { startRunStats } from '../../exporter/src/kernel/index.js';
import type { Group } from '../floors.js';
import { Hooked } from '../hooked.js';

const hooked = new Hooked(process.argv.slice(2));
let rest = (): void => undefined;

function answer(order: string, group: Group): unknown {
  if (order === 'on') return hooked.on(group);
  if (order === 'off') return hooked.off(group);
  if (order === 'read') return hooked.read();
  if (order === 'measure') return (rest = startRunStats()) && null;
  if (order === 'rest') return rest();
  throw new Error(`there is no order ${order}`);
}

console.log('ready');
for await (const line of createInterface(process.stdin)) {
  const [order = '', group] = line.split(' ');
  console.log(JSON.stringify(answer(order, group as Group) ?? null));
}
process.exit();
