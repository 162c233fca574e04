/**
 * The network devices that a VMM (by the raw text of its /proc/<pid>/cmdline) hands to another process over vhost-user.
 * Their packets go through shared memory and past this kernel. By the id the command line gives them, or the empty string.
 */
export function vhostUserDevices(cmdline: string): string[] {
  const args = cmdline.split('\0');
  return args.flatMap((arg, i) => {
    const option = args[i - 1] ?? '';
    if (/^--?netdev$/.test(option)) return fromQemu(arg);
    // cloud-hypervisor: one --net is followed by several devices.
    const net = args.slice(0, i).findLast((each) => each.startsWith('-'));
    return net === '--net' && /(^|,)vhost_user=(true|on)(,|$)/.test(arg) ? [value(arg, 'id')] : [];
  });
}

/** QEMU takes `vhost-user,id=n0,…` and, as libvirt writes it, JSON. */
function fromQemu(netdev: string): string[] {
  if (!netdev.startsWith('{')) return /^(type=)?vhost-user(,|$)/.test(netdev) ? [value(netdev, 'id')] : [];
  try {
    const { type, id } = JSON.parse(netdev) as Record<string, unknown>;
    return type === 'vhost-user' ? [typeof id === 'string' ? id : ''] : [];
  } catch {
    return [];
  }
}

const value = (text: string, key: string): string =>
  new RegExp(`(?:^|,)${key}=([^,]*)`).exec(text)?.[1] ?? '';
