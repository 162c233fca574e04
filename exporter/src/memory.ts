/** What keeps the loader small: it works for a second and then waits for months. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { trimHeap } from './kernel/index.js';

/** To be called before the work: V8 would otherwise let the heap grow to what the work takes at its height, and keep it. */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** Gives back to the system what the work used: some 20 MB of V8's, and what libbpf read of the kernel's types. */
export function releaseMemory(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  trimHeap();
}
