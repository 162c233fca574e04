/** Which tests of the lab run on which kernels, all of it here. */
import type { KernelSeries } from '../kernel.js';

type Form = 'short' | 'all';

/**
 * By the name of the file: each takes minutes. In short, both ends of what is supported get the tests of what the kernel alone
 * can break, and the newer one the rest. `npm test -- --all` sets TRAPLINE_LAB_FORM.
 */
const KERNELS: Readonly<Record<string, Readonly<Record<Form, readonly KernelSeries[]>>>> = {
  // The benches have no file here, and no short form.
  bench: { short: ['6.1', '6.12'], all: ['6.1', '6.12'] },
  'bridge-drops': { short: ['6.1', '6.12'], all: ['6.1', '6.12'] },
  capture: { short: ['6.1', '6.12', 'backports'], all: ['6.1', '6.12', 'backports'] },
  'drop-reasons': { short: ['6.1', '6.12'], all: ['6.1', '6.12'] },
  kernels: { short: ['6.1-deb11', 'backports'], all: ['6.1-deb11', '6.1', '6.12', 'backports'] },
  virtio: { short: ['6.1', '6.12'], all: ['6.1', '6.12'] },
  'vm-exit': { short: ['6.1', '6.12'], all: ['6.1', '6.12'] },
};

/** What is not named above. */
const OTHERS: Readonly<Record<Form, readonly KernelSeries[]>> = { short: ['6.12'], all: ['6.1', '6.12'] };

/** The kernels a test runs on; those of TRAPLINE_LAB_KERNELS where it is set, as `--kernel` does. */
export function kernelsFor(test: string): readonly KernelSeries[] {
  const chosen = process.env['TRAPLINE_LAB_KERNELS']?.split(',').filter(Boolean);
  const form = process.env['TRAPLINE_LAB_FORM'] === 'all' ? 'all' : 'short';
  return (chosen as KernelSeries[] | undefined) ?? (KERNELS[test] ?? OTHERS)[form];
}
