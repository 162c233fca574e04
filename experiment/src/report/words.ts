/** What labels and keys are called in sentences and figures. */
import type { Factors, Stage } from '../results.js';

export const STAGE_WORDS: Readonly<Record<Stage, string>> = {
  nic_hardware: "the NIC's hardware",
  nic_driver: "the NIC's driver",
  softnet: "the host's receive path",
  bridge: 'the bridge',
  tap: 'the tap',
  guest_nic: "the guest's NIC",
  guest_softnet: "the guest's receive path",
  socket: 'the capture socket',
};

export const PAYER_WORDS: Readonly<Record<string, string>> = {
  exit_kernel: 'exits, in the kernel',
  exit_vmm: 'exits, in the VMM',
  vhost: 'vhost',
  interrupt: 'interrupts',
  softirq: 'softirqs',
  capture: 'capture',
};

const PLATFORM_WORDS = { host: 'on the host', guest: 'in the guest' } as const;
export const onPlatform = (platform: Factors['platform']): string => PLATFORM_WORDS[platform];

export const sizeWords = (size: Factors['size']): string =>
  size === 'any' ? 'mixed sizes' : `${size}\u202fB`;

/** A key of the data as a word: `cpu_activity` becomes "cpu activity". */
export const spoken = (key: string): string => key.replaceAll('_', ' ');

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
