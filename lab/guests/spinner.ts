/**
 * A guest that spins for ever without a VM exit of its own, as a busy appliance does.
 *
 *     npx tsx lab/guests/spinner.ts [--name NAME]
 *
 * Prints "ready" before it starts; runs until it is killed.
 */
import { nameProcessAsGuest } from './guest-name.js';
import { SPINNING, TinyVm } from './tiny-vm.js';

nameProcessAsGuest();
const vm = new TinyVm(SPINNING);
process.stdout.write('ready\n', () => vm.run(0));
