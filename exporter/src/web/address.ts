import { BlockList, isIP } from 'node:net';

/** Where to listen. Port 0 takes a free one. */
export interface Address {
  host: string;
  port: number;
}

/** Reads `host:port`, `[v6]:port` or `:port` (every address). Throws with a sentence for the user. */
export function parseAddress(text: string): Address {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) {
    throw new Error(
      `${JSON.stringify(text)} is not an address to listen on; write for example 127.0.0.1:9818.`,
    );
  }
  return { host: match[1] ?? (match[2] || '::'), port };
}

/** The address in a URL that reaches it from this machine. */
export function urlOf({ host, port }: Address): string {
  const name = host === '::' || host === '0.0.0.0' ? 'localhost' : host;
  return `http://${isIP(name) === 6 ? `[${name}]` : name}:${port}/`;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether a host name or address can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return /^(.+\.)?localhost\.?$/i.test(host);
  return loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

/** The network that is taken for one client: an IPv4 address, or the /64 prefix of IPv6 that a single machine may have all of. */
export function networkOf(address: string): string {
  const [, mapped] = /^::ffff:([\d.]+)$/i.exec(address) ?? [];
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address;
  const [front = [], back = []] = address.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const zeros = Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0');
  return [...front, ...zeros, ...back].slice(0, 4).join(':');
}

/**
 * Whether a request that reached a loopback address was meant for it. A web page elsewhere can point its own
 * name at 127.0.0.1 and read the answers as its own; its name is then in the Host header.
 */
export function isLoopbackHostHeader(header: string | undefined): boolean {
  const match = /^(?:\[([^\]]+)\]|([^:]*))(?::\d*)?$/.exec(header ?? 'localhost');
  return match !== null && isLoopback(match[1] ?? match[2] ?? '');
}
