/**
 * One open file that makes a process interesting. Comes from the BPF task_file iterator, or from
 * /proc/<pid>/fd where that may be read; taps come from the latter only.
 */
export interface Holder {
  pid: number;
  /** As in `Vm`, where it is known: another process may have got the pid since. */
  startTicks?: number;
  kind: 'kvm-vm' | 'tap' | 'macvtap' | 'vhost-net' | 'vfio';
  /** The interface's name, for a tap or macvtap that is attached to one; the file's name under /dev/vfio. */
  device?: string;
  /** Inode number of the network namespace of the process that holds a tap, where it is known. */
  netns?: number;
}

/** A running virtual machine: the process that made a KVM VM. */
export interface Vm {
  /** `${pid}:${startTicks}`: identity that survives the reuse of a pid. */
  key: string;
  pid: number;
  /** Start of the process in clock ticks since boot: field 22 of /proc/<pid>/stat. */
  startTicks: number;
  /** Label value, unique among the VMs alive (see names.ts) and the same for the VM's whole life. Hostile text. */
  name: string;
  /** Lower-case UUID given to the guest's firmware, or the empty string. */
  uuid: string;
  /** `qemu`, `firecracker`, `cloud-hypervisor`, `crosvm`, or the program's own file name. */
  vmm: string;
  /** Its network devices that another process serves over vhost-user, by the ids of its command line. Hostile text. */
  vhostUser: readonly string[];
}
