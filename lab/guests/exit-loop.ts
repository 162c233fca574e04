/**
 * A guest that does nothing but exit, for reasons that the kernel handles by itself: it asks for CPUID as often as each line
 * on stdin says, and halts. The answer is the nanoseconds that took.
 *
 *     npx tsx lab/guests/exit-loop.ts [--name NAME]
 */
import { createInterface } from 'node:readline';
import { nameProcessAsGuest } from './guest-name.js';
import { TinyVm } from './tiny-vm.js';

/** Counts down in esi, because the answer of CPUID is in eax, ebx, ecx and edx. */
const CPUID_LOOP = Uint8Array.of(
  ...[0x66, 0x89, 0xce], //       mov esi, ecx
  ...[0x66, 0x31, 0xc0], // next: xor eax, eax
  ...[0x0f, 0xa2], //             cpuid
  ...[0x66, 0x4e], //             dec esi
  ...[0x75, 0xf7], //             jnz next
  0xf4, //                        hlt
);

nameProcessAsGuest();
const vm = new TinyVm(CPUID_LOOP);
console.log('ready');
for await (const line of createInterface(process.stdin)) {
  const start = process.hrtime.bigint();
  vm.run(Number(line));
  console.log(Number(process.hrtime.bigint() - start));
}
process.exit();
