/** A nested guest that can be asked: its own counters are the truth that the host's are held to. */
import { join } from 'node:path';
import { INSIDE } from '../checkout.js';
import { quote } from '../command.js';
import type { LabHost } from '../host.js';
import { makeInitramfs, pathOf } from '../initramfs.js';
import type { LabProcess } from '../process.js';

/** A network card of the guest, on a tap of its own in the emulated host. */
export interface Card {
  tap: string;
  /** Addresses of the two ends, in one network of 24 bits. */
  hostAddress: string;
  guestAddress: string;
  vhost: boolean;
  /** Whether the guest's doorbells are answered in the kernel. */
  ioeventfd: boolean;
}

const MEMORY_MB = 384;
const CHANNEL = '/run/lab/talking-guest';
const CONSOLE = '/run/lab/talking-guest.log';

/** A guest that waits for orders. */
export class TalkingGuest {
  readonly process: LabProcess;
  readonly #host: LabHost;

  private constructor(host: LabHost, process: LabProcess) {
    this.#host = host;
    this.process = process;
  }

  /** Starts it, with the cards as eth0, eth1 and so on, and waits until it listens. */
  static async start(host: LabHost, name: string, cards: readonly Card[]): Promise<TalkingGuest> {
    const initramfs = await makeInitramfs(host.folder, 'talking-guest', {
      kernel: host.kernel,
      modules: ['virtio_pci', 'virtio_net'],
      programs: [await pathOf('ethtool')],
      init: join(INSIDE, 'talking-guest-init.sh'),
    });
    for (const card of cards) await plug(host, card);
    await host.must(`mkfifo ${CHANNEL}.in ${CHANNEL}.out`);
    const process = await host.spawn(
      [
        ...['qemu-system-x86_64', '-name', quote(`guest=${name}`), '-accel kvm -cpu host -m', MEMORY_MB],
        ...['-display none -nodefaults -no-reboot -serial', `file:${CONSOLE}`, '-serial', `pipe:${CHANNEL}`],
        ...['-kernel', host.kernel.image, '-initrd', initramfs],
        ...['-append', `'console=ttyS0 quiet panic=-1 mitigations=off ipv6.disable=1'`],
        ...cards.map(cardArguments),
      ].join(' '),
    );
    const guest = new TalkingGuest(host, process);
    await guest.#answer(300);
    for (const [i, card] of cards.entries()) await guest.#meet(card, `eth${i}`);
    return guest;
  }

  /** What a line of shell in the guest prints. Throws when it fails. */
  async ask(line: string): Promise<string> {
    await this.#host.must(`echo ${quote(line)} > ${CHANNEL}.in`);
    return this.#answer(60);
  }

  /** Both ends know each other's hardware address for good, so that no ARP comes between what is sent on purpose. */
  async #meet({ tap, hostAddress, guestAddress }: Card, device: string): Promise<void> {
    const hostHardware = (await this.#host.must(`cat /sys/class/net/${tap}/address`)).trim();
    const guestHardware = (await this.ask(`cat /sys/class/net/${device}/address`)).trim();
    await this.#host.must(
      `ip neighbour replace ${guestAddress} lladdr ${guestHardware} dev ${tap} nud permanent`,
    );
    await this.ask(`ip address add ${guestAddress}/24 dev ${device} && ip link set ${device} up`);
    await this.ask(`arp -i ${device} -s ${hostAddress} ${hostHardware}`);
  }

  async #answer(timeout: number): Promise<string> {
    const text = await this.#host.must(`sed -u '/^== /q' ${CHANNEL}.out`, { timeout });
    const [, output, code] = /^([^]*)== (\w+)\r?\n$/.exec(text) ?? [];
    if (code !== '0' && code !== 'ready') throw new Error(`in the guest, exit code ${code}: ${output}`);
    return output!;
  }
}

async function plug(host: LabHost, { tap, hostAddress }: Card): Promise<void> {
  await host.must(`ip tuntap add ${tap} mode tap &&
    echo 1 > /proc/sys/net/ipv6/conf/${tap}/disable_ipv6 &&
    ip address add ${hostAddress}/24 dev ${tap} && ip link set ${tap} up`);
}

function cardArguments({ tap, vhost, ioeventfd }: Card, i: number): string {
  const onOff = (on: boolean): string => (on ? 'on' : 'off');
  return (
    `-netdev tap,id=n${i},ifname=${tap},script=no,downscript=no,vhost=${onOff(vhost)} ` +
    `-device virtio-net-pci,netdev=n${i},ioeventfd=${onOff(ioeventfd)}`
  );
}
