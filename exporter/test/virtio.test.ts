import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PortWriter } from '../../lab/guests/port-writer.js';
import { virtioDescription } from '../src/collectors/virtio/collector.js';
import { virtioSignal } from '../src/collectors/virtio/signal.js';
import { Exporter } from './exporter.js';
import { ground, missing } from './ground.js';

/** Hooks on functions are refused by some kernels: what is counted where they are not is tested in the lab. */
describe.skipIf(!ground.root || !ground.btf || !ground.kvm)(
  `kicks and injections beside a real guest${missing('root', 'btf', 'kvm')}`,
  () => {
    let exporter: Exporter;
    beforeAll(async () => {
      exporter = await Exporter.start();
    });
    afterAll(() => exporter.stop());

    it('say of every program whether it is attached, and why not', async () => {
      const programs = (await exporter.scrape()).find('trapline_program_attached', { collector: 'virtio' });
      expect(programs.map(({ labels }) => labels['hook'])).toEqual(
        virtioSignal.programs.map(({ hook }) => hook),
      );
      for (const { labels, value } of programs) {
        const { reason } = labels;
        expect([value, reason]).toBeOneOf([
          [1, ''],
          [0, 'this kernel refuses programs of this type'],
          [0, 'waits for the kernel module kvm'],
        ]);
      }
    });

    it('take writes of one byte for no doorbells, and nothing seen for no zero', async () => {
      const guest = await PortWriter.start('silent');
      await guest.write(100);
      const scrape = await exporter.scrape();
      expect(scrape.sum('trapline_vm_userspace_exits_total', { vm: 'silent', class: 'io' })).toBe(100);
      for (const { name } of virtioDescription.metrics)
        expect(scrape.find(name, { vm: 'silent' })).toEqual([]);
      expect(scrape.sum('trapline_collector_up', { collector: 'virtio' })).toBe(1);
      expect(scrape.sum('trapline_events_lost_total', { collector: 'virtio' })).toBe(0);
      await guest.stop();
    });
  },
);
