import { machineOf, podOf } from './cgroup.js';

/** What a VMM says about its guest. An empty string means that it does not say. */
export interface Identity {
  vmm: string;
  name: string;
  uuid: string;
  /** What the platform calls the guest besides: Proxmox VE's VMID. Hostile text of up to 16 characters. */
  id: string;
}

/** Names are label values: 128 characters tell VMs apart and keep a hostile one from filling every page. */
export const MAX_NAME = 128;

const MAX_ID = 16;

/**
 * Names a virtual machine from its VMM's command line (the raw text of /proc/<pid>/cmdline) and, where that has
 * no name, from its control group (the text of /proc/<pid>/cgroup). Never throws: both are hostile text.
 */
export function identify(cmdline: string, cgroup: string): Identity {
  const args = cmdline.split('\0');
  const program = baseName(args[0] ?? '');
  const known = vmms.find(({ pattern }) => pattern.test(program));
  // A VMM unknown by its file name is most often a QEMU under another one.
  const said = (known?.read ?? readQemu)(args.slice(1));
  return {
    vmm: known?.vmm ?? (bounded(program) || 'unknown'),
    name: bounded(said.name || machineOf(cgroup) || podOf(cgroup)),
    uuid: normalUuid(said.uuid ?? ''),
    id: bounded(said.id ?? '', MAX_ID),
  };
}

/** Cuts to the length of a name, never within a character. */
export function bounded(text: string, length = MAX_NAME): string {
  return text.length <= length ? text : Array.from(text).slice(0, length).join('');
}

/** A UUID in lower case, or the empty string where the text is none or is all zeros. */
export function normalUuid(text: string): string {
  const uuid = text.trim().toLowerCase();
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid) && /[1-9a-f]/.test(uuid) ? uuid : '';
}

type Said = { [K in 'name' | 'uuid' | 'id']?: string | undefined };

const vmms: readonly { vmm: string; pattern: RegExp; read(args: readonly string[]): Said }[] = [
  { vmm: 'qemu', pattern: /^(qemu|kvm$)/, read: readQemu },
  { vmm: 'firecracker', pattern: /^firecracker/, read: readFirecracker },
  { vmm: 'cloud-hypervisor', pattern: /^cloud-hypervisor/, read: readCloudHypervisor },
  { vmm: 'crosvm', pattern: /^crosvm$/, read: readCrosvm },
];

function readQemu(args: readonly string[]): Said {
  const name = keyValues(option(args, '-name', '--name'), 'guest').get('guest');
  // Proxmox VE gives the UUID through SMBIOS, libvirt through -uuid.
  const smbios = args
    .filter((_, i) => /^--?smbios$/.test(args[i - 1] ?? ''))
    .map((value) => keyValues(value, 'file'))
    .find((values) => values.get('type') === '1');
  // Only Proxmox VE's QEMU has the option -id.
  return {
    name,
    uuid: option(args, '-uuid', '--uuid') ?? smbios?.get('uuid'),
    id: option(args, '-id', '--id'),
  };
}

function readFirecracker(args: readonly string[]): Said {
  return { name: option(args, '--id') ?? nameFromSocket(option(args, '--api-sock')) };
}

function readCloudHypervisor(args: readonly string[]): Said {
  const socket = keyValues(option(args, '--api-socket'), 'path').get('path');
  // Where the socket comes as an open file (fd=3), the one to the guest may still have a path.
  const vsock = keyValues(option(args, '--vsock'), 'cid').get('socket');
  return {
    name: nameFromSocket(socket) || nameFromSocket(vsock),
    uuid: keyValues(option(args, '--platform'), '').get('uuid'),
  };
}

function readCrosvm(args: readonly string[]): Said {
  return { name: option(args, '--name') ?? nameFromSocket(option(args, '-s', '--socket')) };
}

/** The value of the last `--name value` or `--name=value`. */
function option(args: readonly string[], ...names: readonly string[]): string | undefined {
  for (let i = args.length - 1; i >= 0; i--) {
    for (const name of names) {
      if (args[i] === name && i + 1 < args.length) return args[i + 1];
      if (args[i]!.startsWith(`${name}=`)) return args[i]!.slice(name.length + 1);
    }
  }
  return undefined;
}

/** Parses `a=1,b=2,,3`: a doubled comma is a comma, and a first part without `=` belongs to the implied key. */
function keyValues(text: string | undefined, implied: string): Map<string, string> {
  const values = new Map<string, string>();
  if (text === undefined) return values;
  const parts = text.match(/(?:[^,]|,,)+/g) ?? [];
  for (const [i, part] of parts.entries()) {
    const at = part.indexOf('=');
    const key = at >= 0 ? part.slice(0, at) : i === 0 ? implied : part;
    values.set(key, part.slice(at + 1).replaceAll(',,', ','));
  }
  return values;
}

/** What sockets, and directories around them, are called that say nothing of the VM. */
const NONDESCRIPT =
  /^(api|sock|socket|control|vmm?|vms|vsock|ch|clh|(ch|clh)-api|api-sock(et)?|cloud-hypervisor|crosvm|firecracker|hypervisor|env|root)$/;

/** Directories of the system, and what lies in them. */
const SYSTEM = /^(run|var|tmp|lib|shm|dev|srv|opt|home|user)$/;

/** A socket is named after its VM, or after nothing in a directory that is. */
function nameFromSocket(path: string | undefined): string {
  for (const part of (path ?? '').split('/').filter(Boolean).reverse()) {
    const name = part.replace(/\.(sock|socket)$/, '');
    if (SYSTEM.test(name)) return '';
    if (!NONDESCRIPT.test(name)) return name;
  }
  return '';
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
