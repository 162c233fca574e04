import { existsSync } from 'node:fs';
import { normalUuid } from './identity.js';
import { readText } from './read.js';
import type { Roots } from './holders.js';

/** What this machine is. */
export interface Platform {
  /** Whether it is a virtual machine itself. */
  guest: boolean;
  /** Whether it can run virtual machines: /dev/kvm exists. */
  host: boolean;
  /** As told by the user, whatever was found. */
  role?: Role | undefined;
  /** Lower-case UUID of its firmware, which is the one its own hypervisor gave it; empty where unknown. */
  uuid: string;
}

/** `both` is a host that is a guest; `bare_metal` neither runs VMs nor is one. */
export const ROLES = ['host', 'guest', 'both', 'bare_metal'] as const;
export type Role = (typeof ROLES)[number];

/** Reads the platform. The UUID may be read by root only, so do it before privileges are dropped. */
export function readPlatform({
  proc = '/proc',
  sys = '/sys',
  dev = '/dev',
}: Roots & { dev?: string } = {}): Platform {
  const dmi = (field: string): string => (readText(`${sys}/class/dmi/id/${field}`) ?? '').trim();
  return {
    guest:
      hasHypervisorFlag(readText(`${proc}/cpuinfo`) ?? '') ||
      isVirtualHardware(dmi('sys_vendor'), dmi('product_name')),
    host: existsSync(`${dev}/kvm`),
    uuid: normalUuid(dmi('product_uuid')),
  };
}

/** The role, given whether a VM has been seen running. */
export function roleOf({ guest, host, role }: Platform, runsVms: boolean): Role {
  if (role) return role;
  if (host || runsVms) return guest ? 'both' : 'host';
  return guest ? 'guest' : 'bare_metal';
}

/** x86 processors tell a guest so with a flag in /proc/cpuinfo. */
export function hasHypervisorFlag(cpuinfo: string): boolean {
  return /^flags\s*:.*\bhypervisor\b/m.test(cpuinfo);
}

/** Other architectures have no such flag, but the firmware bears the name of the hypervisor. */
export function isVirtualHardware(vendor: string, product: string): boolean {
  const virtual =
    /^(QEMU|KVM|Xen|VMware|innotek GmbH|OpenStack|Google Compute Engine|Virtual Machine|Cloud Hypervisor|cloud-hypervisor)/;
  return virtual.test(vendor) || virtual.test(product);
}
