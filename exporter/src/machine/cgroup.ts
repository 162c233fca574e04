import { readText } from './read.js';
import { parseStat } from './stat.js';
import type { Holder } from './types.js';

/** The name of the machine that libvirt or systemd made a control group for (the text of /proc/<pid>/cgroup), or ''. */
export function machineOf(cgroup: string): string {
  const [, scope] = /\/machine-([^/\n]+)\.scope/.exec(cgroup) ?? [];
  if (scope !== undefined) return fromScope(scope);
  return (/\/machine\/([^/\n]+)\.libvirt-(?:qemu|ch|lxc)/.exec(cgroup)?.[1] ?? '').replace(NUMBERED, '');
}

/** `pod-` and the UID of the Kubernetes pod, or ''. */
export function podOf(cgroup: string): string {
  const [, uid] = /\bkubepods[^\n]*pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12})/.exec(cgroup) ?? [];
  return uid === undefined ? '' : podName(uid);
}

/**
 * The container that a control group is in: the first 12 digits of its id, or its name where the runtime has no ids; before
 * it the pod, or the container around it, with a slash between. '' outside of containers, for a service of systemd too.
 */
export function containerOf(cgroup: string): string {
  for (const line of cgroup.split('\n')) {
    const found = [...line.matchAll(CONTAINERS)].map(
      ({ groups = {} }) =>
        (groups['pod'] && podName(groups['pod'])) ||
        groups['id']?.slice(0, SHORT_ID) ||
        groups['lxc'] ||
        fromScope(groups['machine'] ?? groups['nspawn'] ?? ''),
    );
    if (found.length > 0) return Array.from(found.join('/')).slice(0, MAX_CONTAINER).join('');
  }
  return '';
}

/** The container of a process; undefined where it has ended, or cannot be seen. */
export function containerOfProcess(
  { pid, startTicks }: Pick<Holder, 'pid' | 'startTicks'>,
  proc = '/proc',
): string | undefined {
  const cgroup = readText(`${proc}/${pid}/cgroup`);
  // Asked after that: the pid may have been given anew.
  const stat = parseStat(readText(`${proc}/${pid}/stat`) ?? '');
  return cgroup === undefined || stat?.startTicks !== startTicks ? undefined : containerOf(cgroup);
}

/** As Docker and Podman show it. */
const SHORT_ID = 12;

/** A pod and a container in a container: more than their ids need. */
const MAX_CONTAINER = 128;

/**
 * Docker, Podman, containerd and CRI-O have 64 digits, in a directory or in the name of a scope; what watches their
 * containers (conmon) and the pods of Podman have them too. Kubernetes names static pods by 32 digits. LXC, Incus and
 * Proxmox VE have names or numbers, systemd-nspawn has names.
 */
const CONTAINERS = new RegExp(
  [
    String.raw`[/-]pod(?<pod>[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?![0-9a-f])`,
    String.raw`(?<![0-9a-f]|conmon-|libpod_pod_)(?<id>[0-9a-f]{64})(?![0-9a-f])`,
    String.raw`/lxc(?:/|\.payload[./-])(?<lxc>[^/]+)`,
    String.raw`/machine-(?<machine>[^/]+)\.scope`,
    String.raw`/systemd-nspawn@(?<nspawn>[^/]+)\.service`,
  ].join('|'),
  'g',
);

const podName = (uid: string): string => `pod-${uid.replaceAll('_', '-')}`;

/** libvirt numbers the machines of its drivers; the number is another one after a restart. */
const NUMBERED = /^(qemu|ch|lxc)-\d+-/;

const fromScope = (scope: string): string => unescapeSystemd(scope).replace(NUMBERED, '');

/** systemd writes each byte it cannot have in a unit's name as \xNN. */
function unescapeSystemd(text: string): string {
  return text.replace(/(?:\\x[0-9a-f]{2})+/g, (bytes) =>
    Buffer.from(bytes.replaceAll('\\x', ''), 'hex').toString('utf8'),
  );
}
