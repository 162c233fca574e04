import type { Request, Response } from 'express';
import { describe, expect, it } from 'vitest';
import { machine, sampleAt } from '../live/live.testing.js';
import type { LiveSample } from '../live/protocol.js';
import { LiveFeed } from './live.js';

const log = { info: () => {}, warn: () => {} };
const sample = (vm = ''): LiveSample => ({ ...sampleAt(0), vms: [{ vm }] });

/** Ticks at which samples are taken that each take so many milliseconds. */
async function ticksTaken(ticks: number, took: number, watching: boolean): Promise<number[]> {
  const taken: number[] = [];
  let now = 0;
  let tick = 0;
  const take = async () => {
    taken.push(tick);
    now += took;
    return { sample: sample(), machine };
  };
  const feed = new LiveFeed({ take, log, clock: () => now });
  if (watching) feed.serve({ method: 'GET' } as Request, sink());
  for (; tick < ticks; tick++) await feed.tick();
  return taken;
}

/** A response that takes everything at once. */
function sink(): Response {
  const response = { status: () => response, set: () => response, on: () => response, write: () => true };
  return response as unknown as Response;
}

describe('the beat', () => {
  it.each([
    ['every second for who watches', true, 50, [0, 1, 2, 3, 4, 5, 6]],
    ['every fifth second for nobody', false, 2, [0, 5]],
    ['only as often as takes a twentieth of the time', true, 101, [0, 3, 6]],
    ['only as often as takes a two-thousandth for nobody', false, 3, [0, 6]],
  ])('is %s', async (_, watching, took, expected) => {
    expect(await ticksTaken(7, took, watching)).toEqual(expected);
  });

  it.each([
    ['five seconds while somebody watches', true, Array.from({ length: 13 }, (_, i) => 5 * i)],
    ['sixty while nobody does', false, [0, 60]],
  ])('is at least every %s, however dear', async (_, watching, expected) => {
    expect(await ticksTaken(64, 9_000, watching)).toEqual(expected);
  });
});

/** The VM of each sample that a client gets when it comes. */
function historyOf(feed: LiveFeed): string[] {
  let text = '';
  const response = Object.assign(sink(), {
    write: (more: string | Buffer) => Boolean((text += String(more))),
  });
  feed.serve({ method: 'GET' } as Request, response);
  const history = JSON.parse(/^event: history\ndata: (.*)$/m.exec(text)![1]!) as LiveSample[];
  return history.map(({ vms }) => vms[0]!.vm);
}

describe('a sample that somebody else has at hand', () => {
  const taken = { sample: sample('offered'), machine };

  it('is taken in place of one of its own, of which there are then fewer', async () => {
    const own: number[] = [];
    const wanted: number[] = [];
    let tick = 0;
    const take = async () => {
      own.push(tick);
      return { sample: sample('own'), machine };
    };
    const feed = new LiveFeed({ take, log, clock: () => 0 });
    for (; tick < 13; tick++) {
      await feed.tick();
      if (tick !== 2 && tick !== 4) continue;
      if (feed.wantsSample) wanted.push(tick);
      feed.offer(() => taken);
    }
    expect([own, wanted]).toEqual([[0, 10], [4]]);
    expect(historyOf(feed)).toEqual(['own', 'offered', 'own']);
  });

  it('costs whoever offers it nothing where it cannot be had', async () => {
    const warned: string[] = [];
    const warn = (_: object, message: string) => void warned.push(message);
    const feed = new LiveFeed({ take: async () => taken, log: { ...log, warn } });
    feed.offer(() => {
      throw new Error('broken');
    });
    await feed.tick();
    expect(warned).toEqual(['The live stream has no samples.']);
  });

  it('is not wanted where somebody watches', async () => {
    const feed = new LiveFeed({ take: async () => taken, log });
    for (let tick = 0; tick < 9; tick++) await feed.tick();
    feed.serve({ method: 'GET' } as Request, sink());
    expect(feed.wantsSample).toBe(false);
  });
});

it('tells of the machine once, and again when something changed', async () => {
  const told: string[] = [];
  let attached = 0;
  const feed = new LiveFeed({
    take: async () => ({ sample: sample(), machine: { ...machine, attached } }),
    log,
  });
  const response = sink();
  response.write = (text: string | Buffer) => {
    told.push(...Array.from(String(text).matchAll(/^event: (\w+)/gm), ([, name]) => name!));
    return true;
  };
  await feed.tick();
  feed.serve({ method: 'GET' } as Request, response);
  await feed.tick();
  attached = 1;
  await feed.tick();
  await feed.tick();
  expect(told).toEqual(['machine', 'history', 'sample', 'machine', 'sample', 'sample']);
});
