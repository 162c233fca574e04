/** An appliance inside the emulated host: a nested guest that sees the host's files, so that it runs whatever the host can. */
import type { Outcome } from './agent.js';
import { quote } from './command.js';
import type { LabHost } from './host.js';
import { Machine } from './machine.js';
import type { LabProcess } from './process.js';
import { sharedMachine } from './qemu.js';
import { APPLIANCE_SSH_PORT } from './ssh.js';
import { TRAPLINE_PORT } from './trapline.js';
import { layWire, type Wiring } from './wiring.js';

/** Where the emulated host hands on to Trapline in the appliance, on all its addresses. */
export const APPLIANCE_TRAPLINE_PORT = TRAPLINE_PORT + 1;

const MEMORY_MB = 768;
const LOG = '/run/lab/appliance-console.log';

/** What an appliance is called. */
export interface ApplianceOptions {
  /** The name it gives itself, as QEMU has it. */
  name?: string;
  /** Given to its firmware, and so known to Trapline on both sides. */
  uuid?: string;
}

/**
 * A guest with two network cards: eth0 on a vhost tap of a bridge, up and without an address, and eth1, over which
 * nothing but Trapline's port and ssh can be reached. A host has one at a time.
 */
export class Appliance extends Machine {
  readonly name: string;
  readonly uuid: string;
  readonly wiring: Wiring;
  /** Its QEMU, in the emulated host. */
  readonly process: LabProcess;
  readonly #host: LabHost;
  /** Rejects when it ends; never resolves. */
  readonly #ended: Promise<never>;

  private constructor(
    host: LabHost,
    process: LabProcess,
    wiring: Wiring,
    { name, uuid }: Required<ApplianceOptions>,
  ) {
    super();
    this.name = name;
    this.uuid = uuid;
    this.wiring = wiring;
    this.process = process;
    this.#host = host;
    this.#ended = process.gone({ timeout: FOR_EVER }).then(async () => {
      throw new Error(
        `the appliance ended: ${await process.errors()}${await host.must(`tail -n 25 ${LOG}`)}`,
      );
    });
    // Where nobody is listening, an end is no failure.
    this.#ended.catch(() => undefined);
  }

  /** Starts it in a host that has `HOST_MODULES` and waits until it takes commands. */
  static async start(
    host: LabHost,
    { name = 'appliance', uuid = '7261706c-696e-4e00-8000-73656e736f72' }: ApplianceOptions = {},
  ): Promise<Appliance> {
    const wiring = await layWire(host);
    const port = await host.must(`basename $(dirname $(grep -lx appliance /sys/class/virtio-ports/*/name))`);
    const argv = qemu(host, wiring, port.trim(), { name, uuid });
    const process = await host.spawn(argv.map(quote).join(' '));
    const appliance = new Appliance(host, process, wiring, { name, uuid });
    await Promise.race([host.applianceAgent.ready, appliance.#ended]);
    await appliance.must(`modprobe virtio_net && ip link set eth0 up &&
      ip address add 10.0.2.15/24 dev eth1 && ip link set eth1 up`);
    return appliance;
  }

  /** Runs a bash command in it and waits for it, for at most `timeout` seconds. Throws only when a machine ends. */
  run(command: string, { timeout = 60 }: { timeout?: number } = {}): Promise<Outcome> {
    return Promise.race([this.#host.applianceAgent.run(command, timeout), this.#ended]);
  }
}

/** A day, in seconds. */
const FOR_EVER = 86_400;

/** `port` is the end of `LabHost.applianceAgent` in the host. */
function qemu(
  host: LabHost,
  { tap }: Wiring,
  port: string,
  { name, uuid }: Required<ApplianceOptions>,
): string[] {
  const forward = [
    `hostfwd=tcp::${APPLIANCE_TRAPLINE_PORT}-:${TRAPLINE_PORT}`,
    `hostfwd=tcp:127.0.0.1:${APPLIANCE_SSH_PORT}-:22`,
  ].join(',');
  return [
    ...['qemu-system-x86_64', '-name', `guest=${name}`, '-uuid', uuid],
    ...['-accel', 'kvm', '-cpu', 'host', '-m', `${MEMORY_MB}`],
    ...sharedMachine({
      ...host,
      kernelArguments: 'ipv6.disable=1',
      console: LOG,
      agent: `serial,path=/dev/${port}`,
    }),
    ...['-netdev', `tap,id=n0,ifname=${tap},script=no,downscript=no,vhost=on`],
    ...['-device', 'virtio-net-pci,netdev=n0,mac=52:54:00:6e:65:73'],
    ...['-netdev', `user,id=n1,restrict=on,${forward}`, '-device', 'virtio-net-pci,netdev=n1'],
  ];
}
