/** What a VMM says about its guest. An empty string means that it does not say. */
export interface Identity {
  vmm: string;
  name: string;
  uuid: string;
}

/** Names are label values: 128 characters tell VMs apart and keep a hostile one from filling every page. */
export const MAX_NAME = 128;

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
    name: bounded(said.name || nameFromCgroup(cgroup)),
    uuid: normalUuid(said.uuid ?? ''),
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

type Said = { name?: string | undefined; uuid?: string | undefined };

const vmms: readonly { vmm: string; pattern: RegExp; read(args: readonly string[]): Said }[] = [
  { vmm: 'qemu', pattern: /^(qemu|kvm$)/, read: readQemu },
  { vmm: 'firecracker', pattern: /^firecracker/, read: (args) => ({ name: option(args, '--id') }) },
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
  return { name, uuid: option(args, '-uuid', '--uuid') ?? smbios?.get('uuid') };
}

function readCloudHypervisor(args: readonly string[]): Said {
  const socket = keyValues(option(args, '--api-socket'), 'path').get('path');
  return { name: nameFromSocket(socket), uuid: keyValues(option(args, '--platform'), '').get('uuid') };
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

/** A socket is named after its VM, or after nothing in a directory that is. */
function nameFromSocket(path: string | undefined): string {
  if (!path) return '';
  const parts = path.split('/').filter((part) => part !== '');
  const file = (parts.pop() ?? '').replace(/\.(sock|socket)$/, '');
  return /^(api|clh-api|ch-api|ch|clh|cloud-hypervisor|crosvm|vm)$/.test(file) ? (parts.pop() ?? '') : file;
}

/** libvirt's scope or directory of the machine, or the pod around the VMM. */
function nameFromCgroup(text: string): string {
  const scope = /\/machine-qemu\\x2d\d+\\x2d([^/\n]+)\.scope/.exec(text);
  if (scope) return unescapeSystemd(scope[1]!);
  const directory = /\/machine\/([^/\n]+)\.libvirt-qemu/.exec(text);
  if (directory) return directory[1]!;
  const pod = /\bkubepods[^\n]*pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12})/.exec(text);
  return pod ? `pod-${pod[1]!.replaceAll('_', '-')}` : '';
}

/** systemd writes each byte it cannot have in a unit's name as \xNN. */
function unescapeSystemd(text: string): string {
  return text.replace(/(?:\\x[0-9a-f]{2})+/g, (bytes) =>
    Buffer.from(bytes.replaceAll('\\x', ''), 'hex').toString('utf8'),
  );
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
