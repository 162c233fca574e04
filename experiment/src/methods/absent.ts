/**
 * Methods that come with drivers, kernel modules or memory of their own, which Debian does not set up and an experiment must not.
 * They are looked for, so that a plan may name them and is told what they would need.
 */
import type { Method } from './method.js';

/** A method that cannot be run: `tool` would be its sensor, `needs` what brings it. */
const unavailable = (name: string, title: string, tool: string, needs: string): Method => ({
  name,
  title,
  monitors: ['null'],
  async detect(shell) {
    const there = (await shell.run(`command -v ${tool}`)).code === 0;
    const missing = there ? `${tool} is there, but Trapline cannot yet drive it.` : `${tool} is not there.`;
    return { present: false, remedy: `${missing} ${needs}` };
  },
  start: () => Promise.reject(new Error(`${title} cannot be run.`)),
});

export const pfRing = unavailable(
  'pf-ring',
  'PF_RING',
  'pfcount',
  'It comes with the module pf_ring: https://www.ntop.org/guides/pf_ring/.',
);
export const netmap = unavailable(
  'netmap',
  'netmap',
  'pkt-gen',
  'It comes with the module netmap: https://github.com/luigirizzo/netmap.',
);
export const dpdk = unavailable(
  'dpdk',
  'DPDK',
  'dpdk-testpmd',
  'It comes with the package dpdk, and needs huge pages and a NIC that is taken from the kernel.',
);
