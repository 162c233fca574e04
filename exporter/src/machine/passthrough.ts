import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { readText } from './read.js';

/** A network function on the PCI bus whose packets this kernel does not see. */
export interface PassedFunction {
  /** For example `0000:03:10.0`. */
  address: string;
  /** Whether it is a part of a NIC that other parts stay with this kernel of (SR-IOV). */
  virtual: boolean;
}

/** The network functions behind a file of /dev/vfio, by the file's name: a group's number or, with iommufd, `vfio<N>`. */
export function functionsBehind(file: string, sys = '/sys'): PassedFunction[] {
  const group = /^(?:noiommu-)?(\d+)$/.exec(file)?.[1];
  const paths =
    group !== undefined
      ? entries(`${sys}/kernel/iommu_groups/${group}/devices`)
      : entries(`${sys}/class/vfio-dev/${file}`).filter((path) => path.endsWith('/device'));
  return paths
    .filter(isNetwork)
    .map((path) => ({ address: nameOf(path), virtual: existsSync(`${path}/physfn`) }));
}

/** The network devices here that lend virtual functions of their NIC to others. */
export const lenders = (devices: readonly string[], sys = '/sys'): string[] =>
  devices.filter((name) => Number(readText(`${sys}/class/net/${name}/device/sriov_numvfs`) ?? 0) > 0);

/** Where a virtual function of a network device is on the bus; undefined where there is none. */
export function addressOfFunction(device: string, number: number, sys = '/sys'): string | undefined {
  const link = `${sys}/class/net/${device}/device/virtfn${number}`;
  return existsSync(link) ? nameOf(link) : undefined;
}

/** PCI class 02: network controller. */
const isNetwork = (path: string): boolean => readText(`${path}/class`)?.startsWith('0x02') ?? false;

function entries(directory: string): string[] {
  try {
    return readdirSync(directory).map((name) => `${directory}/${name}`);
  } catch {
    return [];
  }
}

const nameOf = (path: string): string => realpathSync(path).replace(/^.*\//, '');
