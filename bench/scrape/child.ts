/**
 * A process that writes the series of so many VMs again and again, and tells what each time took.
 *
 *     node --import tsx bench/scrape/child.ts <writer> <vms> <rounds>
 */
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import koffi from 'koffi';
import type { Written } from '../scrape.bench.js';
import { fromTables } from './from_tables.js';
import { writers } from './writers.js';

const [writer = '', vms = '1', rounds = '5'] = process.argv.slice(2);
const scrape = writer === 'trapline_rows' ? await fromTables(Number(vms)) : writers[writer]!(Number(vms));

const clockGettime = koffi.load('libc.so.6').func('int clock_gettime(int clock, _Out_ int64_t *time)');
const CLOCK_THREAD_CPUTIME_ID = 3;

/** Milliseconds that this thread was on a processor: what other processes take is not in it. */
function threadTime(): number {
  const time = [0, 0];
  clockGettime(CLOCK_THREAD_CPUTIME_ID, time);
  return time[0]! * 1e3 + time[1]! / 1e6;
}

/** Looks at every turn of the event loop how much this thread has worked since the last one. */
class Turns {
  longest = 0;
  #going = true;

  async watch(): Promise<void> {
    for (let before = threadTime(); this.#going;) {
      await setImmediate();
      const now = threadTime();
      this.longest = Math.max(this.longest, now - before);
      before = now;
    }
  }

  stop(): void {
    this.#going = false;
  }
}

async function measured(): Promise<Written> {
  const turns = new Turns();
  const watching = turns.watch();
  await sleep(5);
  turns.longest = 0;
  const before = process.cpuUsage();
  const began = performance.now();
  const bytes = await scrape();
  const wall = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  turns.stop();
  await watching;
  const rss = process.memoryUsage.rss() / 2 ** 20;
  return { cpu: (user + system) / 1000, wall, block: turns.longest, bytes, rss };
}

const WARM_UP = 3;
const all: Written[] = [];
for (let round = -WARM_UP; round < Number(rounds); round++) {
  const one = await measured();
  if (round >= 0) all.push(one);
  await sleep(50);
}
console.log(JSON.stringify(all));
process.exit();
