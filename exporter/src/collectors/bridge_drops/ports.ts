import { list, readText } from '../../machine/index.js';

/** A device that belongs to a bridge, or a bridge itself. */
export interface Port {
  bridge: string;
  /** Empty for the bridge itself. */
  port: string;
  /** How many other ports the bridge has. */
  others: number;
}

/** Every bridge of the namespace of /sys by name with its ports. */
export function readBridges(sys = '/sys'): Map<string, string[]> {
  const net = `${sys}/class/net`;
  const bridges = list(net).filter((name) => readText(`${net}/${name}/bridge/bridge_id`) !== undefined);
  return new Map(bridges.map((name) => [name, list(`${net}/${name}/brif`)]));
}

/** Bridges and their ports by ifindex. */
export function portsByIndex(
  bridges: ReadonlyMap<string, readonly string[]>,
  sys = '/sys',
): Map<number, Port> {
  const ports = new Map<number, Port>();
  const index = (name: string): number => Number(readText(`${sys}/class/net/${name}/ifindex`) ?? 0);
  for (const [bridge, names] of bridges) {
    ports.set(index(bridge), { bridge, port: '', others: names.length });
    for (const port of names) ports.set(index(port), { bridge, port, others: names.length - 1 });
  }
  return ports;
}
