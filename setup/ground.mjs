import { constants, accessSync, existsSync } from 'node:fs';

/**
 * What the tests and the demonstration stand on and no package can bring.
 * @returns {{ root: boolean, kvm: boolean, btf: boolean }}
 */
export function ground() {
  return {
    root: process.getuid?.() === 0,
    kvm: usable('/dev/kvm'),
    btf: existsSync('/sys/kernel/btf/vmlinux'),
  };
}

/** @param {string} device */
function usable(device) {
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The sentences for what is missing.
 * @param {ReturnType<typeof ground>} found
 */
export function missingGround({ root, kvm, btf }) {
  return [
    ...(root ? [] : ['No root: programs cannot be attached to the kernel. Run the command with sudo.']),
    ...(kvm
      ? []
      : [
          'No /dev/kvm: no guest can run on this kernel itself. Enable virtualisation, or nested virtualisation in a VM.',
        ]),
    ...(btf
      ? []
      : [
          'No BTF (/sys/kernel/btf/vmlinux): programs cannot be fitted to this kernel. Use a kernel with CONFIG_DEBUG_INFO_BTF.',
        ]),
  ];
}
