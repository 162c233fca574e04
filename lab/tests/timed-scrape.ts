import type { LabHost } from '../host.js';
import { scrape } from '../trapline.js';

/** A scrape, and the seconds since boot before and after it: it takes its time under emulation. */
export interface TimedScrape {
  text: string;
  from: number;
  to: number;
}

export async function timedScrape(host: LabHost): Promise<TimedScrape> {
  const from = await uptime(host);
  const text = await scrape(host);
  return { text, from, to: await uptime(host) };
}

async function uptime(host: LabHost): Promise<number> {
  return Number((await host.must('cat /proc/uptime')).split(' ')[0]);
}
