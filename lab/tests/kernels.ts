/** Which tests of the lab run on which kernels, all of it here. */
import type { KernelSeries } from '../kernel.js';

/** What is not named below runs on these. */
const MAIN: readonly KernelSeries[] = ['6.1', '6.12'];

/** By the name of the file. The other kernels get the tests of what they alone can break: each takes minutes. */
const KERNELS: Readonly<Record<string, readonly KernelSeries[]>> = {
  capture: [...MAIN, 'backports'],
  kernels: ['6.1-deb11', 'backports'],
};

/** The kernels a test runs on; those of TRAPLINE_LAB_KERNELS where it is set, as `--kernel` does. */
export const kernelsFor = (test = ''): readonly KernelSeries[] =>
  (process.env['TRAPLINE_LAB_KERNELS']?.split(',').filter(Boolean) as KernelSeries[] | undefined) ??
  KERNELS[test] ??
  MAIN;
