import { counter, gauge, type Sink } from '../../exposition/metric.js';
import type { NfQueue } from '../../machine/index.js';
import type { RunningCollector } from '../module.js';
import { Queues } from './queues.js';
import type { Source } from './source.js';
import type { Tally } from './tally.js';

const labels = ['process', 'container', 'device', 'method'];

const packets = counter(
  'trapline_capture_packets_total',
  'Packets delivered to capture sockets, by the name of the process, its container, the device (any: all of them) and the method: plain, v1, v2, v3 (AF_PACKET without a ring and with one of these versions) or xdp (AF_XDP, in descriptors). In the terms of PACKET_STATISTICS: tp_packets − tp_drops. Sockets of all network namespaces, several of one process together. What the application clears when it reads its own statistics is folded; absent where the kernel refuses the programs that do so.',
  labels,
  'The container comes from /proc/<pid>/cgroup: the first 12 digits of its id (Docker, Podman, containerd, CRI-O), or its name or number (LXC, Incus, Proxmox VE, systemd-nspawn, libvirt). In Kubernetes pod-, the UID of the pod and a slash stand before it; of nested containers the outer one does. It is empty outside of containers, for services of systemd too, and for a process that began and ended between two scrapes. The method nfqueue is a netfilter queue (iptables NFQUEUE, nft queue) that the process has bound; device is then `queue` and its number.',
);
const drops = counter(
  'trapline_capture_drops_total',
  'Packets that capture sockets lost because their ring or receive buffer was full (AF_XDP: or no buffer was free), with the labels of trapline_capture_packets_total. Loss = drops / (packets + drops).',
  labels,
);
const frozen = counter(
  'trapline_capture_ring_frozen_total',
  'How often the kernel found all blocks of a ring in use and froze it until the application gave one back. Only method v3 counts it.',
  labels,
);
const ringBytes = gauge(
  'trapline_capture_ring_bytes',
  'Size of the rings of the sockets that are open: for plain their receive buffers, for xdp the memory they share with the kernel (for each socket that uses it).',
  labels,
);
const sockets = gauge('trapline_capture_sockets', 'Capture sockets that are open.', labels);
const queueDrops = counter(
  'trapline_nfqueue_drops_total',
  'Packets that a netfilter queue dropped; cause is queue (no place in the queue) or buffer (receive buffer of its socket full).',
  ['queue', 'cause'],
  'Both together are the drops of the method nfqueue in trapline_capture_drops_total. With fail-open, packets that find no place pass without being counted. Source: /proc/net/netfilter/nfnetlink_queue of the network namespace of the exporter, read by the loader once a second.',
);
const queueWaiting = gauge(
  'trapline_nfqueue_waiting_packets',
  'Packets in a netfilter queue that have no verdict yet.',
  ['queue'],
);

const socketLabels = [...labels, 'fanout', 'socket'];

const socketPackets = counter(
  'trapline_capture_socket_packets_total',
  'Packets delivered to one capture socket, with its fanout group and the kernel’s cookie of the socket; only with --capture-by-socket.',
  socketLabels,
  'They add up to trapline_capture_packets_total while the labels of the sockets stay. fanout is the number of the group in its network namespace, and empty without one. No cookie is given twice: an application that starts again has new series, and those of its closed sockets go away after --linger. Two series a socket, within --max-series: sockets that were met first stay, and trapline_series_dropped_total and the log tell what is left out. The series of trapline_capture_packets_total come first.',
);
const socketDrops = counter(
  'trapline_capture_socket_drops_total',
  'Packets that one capture socket lost, with the labels of trapline_capture_socket_packets_total; only with --capture-by-socket.',
  socketLabels,
);

export const captureDescription = {
  name: 'capture',
  help: 'What capture sockets deliver and drop, by process, container, device and method, without a program per packet',
  metrics: [packets, drops, frozen, ringBytes, sockets, socketPackets, socketDrops, queueDrops, queueWaiting],
};

/** Looks at every capture socket of the machine once per scrape. */
export class CaptureCollector implements RunningCollector {
  readonly name = captureDescription.name;
  readonly help = captureDescription.help;
  readonly metrics = captureDescription.metrics;
  readonly #queues = new Queues();

  constructor(
    private readonly source: Source,
    private readonly tally: Tally,
    private readonly boundQueues: () => readonly NfQueue[],
    private readonly bySocket: boolean,
  ) {}

  collect(sink: Sink): void {
    const queues = this.boundQueues();
    this.tally.open([...this.source.open(), ...this.#queues.from(queues)]);
    this.takeClosed();
    for (const series of this.tally.read()) {
      const values = [series.process, series.container, series.device, series.method];
      sink.sample(packets, values, series.delivered);
      sink.sample(drops, values, series.drops);
      if (series.method === 'v3') sink.sample(frozen, values, series.freezes);
      if (series.method !== 'nfqueue') sink.sample(ringBytes, values, series.ringBytes);
      sink.sample(sockets, values, series.sockets);
    }
    for (const [number, { full, bufferFull }] of this.#queues.drops()) {
      sink.sample(queueDrops, [`${number}`, 'queue'], full);
      sink.sample(queueDrops, [`${number}`, 'buffer'], bufferFull);
    }
    for (const { number, waiting } of queues) sink.sample(queueWaiting, [`${number}`], waiting);
    if (this.bySocket) this.#writeSockets(sink);
  }

  /** Last: where the budget of series ends, it ends here. A queue is no socket, and has a series of its own above. */
  #writeSockets(sink: Sink): void {
    for (const { place, fanout, cookie, counts } of this.tally.sockets()) {
      const { process, container, device, method } = place;
      if (method === 'nfqueue') continue;
      const values = [process, container, device, method, fanout, String(cookie)];
      const [delivered, lost] = counts.values;
      sink.sample(socketPackets, values, delivered);
      sink.sample(socketDrops, values, lost);
    }
  }

  /** Makes room for sockets that will be closed. */
  takeClosed(): void {
    this.tally.close(this.source.closed());
  }

  lost(): Record<string, number> {
    return this.source.lost();
  }
}
