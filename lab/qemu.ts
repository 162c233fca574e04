/** Arguments of QEMU for machines that see the files of the machine they run on, and the rest of their boot. */
import { dirname, join } from 'node:path';
import { INSIDE } from './checkout.js';
import { makeInitramfs } from './initramfs.js';
import type { Kernel } from './kernel.js';

/** What a machine needs before it can see the root of the one it runs on. */
const BOOT_MODULES = ['virtio_pci', '9pnet_virtio', '9p', 'overlay'];

/** A machine whose root is that of the machine it runs on, read-only, under a layer in memory. */
export interface SharedMachine {
  kernel: Kernel;
  /** Made by `makeSharedInitramfs`. */
  initramfs: string;
  /** Where commands inside start; seen there under the same path as here. */
  checkout: string;
  /** Appended to the kernel's command line. */
  kernelArguments: string;
  /** File that its console is written to. */
  console: string;
  /** QEMU's other end of the channel to its agent, as a chardev without an id. */
  agent: string;
}

/** Makes, in `folder`, the initial file system that such machines of one kernel boot from. */
export function makeSharedInitramfs(folder: string, kernel: Kernel): Promise<string> {
  const init = join(INSIDE, 'initramfs-init.sh');
  return makeInitramfs(folder, 'shared', { kernel, modules: BOOT_MODULES, init });
}

/** The arguments of QEMU but for its accelerator, processors, memory and network; none needs quoting but `-append`. */
export function sharedMachine(machine: SharedMachine): string[] {
  return [
    ...['-display', 'none', '-nodefaults', '-no-reboot', '-serial', `file:${machine.console}`],
    ...['-kernel', machine.kernel.image, '-initrd', machine.initramfs],
    ...['-append', commandLine(machine)],
    ...['-fsdev', 'local,id=outer,path=/,security_model=none,readonly=on,multidevs=remap'],
    ...['-device', 'virtio-9p-pci,fsdev=outer,mount_tag=outer'],
    ...['-chardev', `${machine.agent},id=agent`],
    ...['-device', 'virtio-serial-pci', '-device', 'virtserialport,chardev=agent,name=agent'],
  ];
}

/** Names with a value become the environment of the machine's init. */
function commandLine({ kernel, checkout, kernelArguments }: SharedMachine): string {
  const environment = {
    LAB_MODULES: join(kernel.root, 'lib', 'modules', kernel.release),
    LAB_CHECKOUT: checkout,
    LAB_INSIDE: INSIDE,
    LAB_NODE: dirname(process.execPath),
  };
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return [`console=ttyS0 quiet panic=-1 mitigations=off ${kernelArguments}`, ...settings].join(' ');
}
