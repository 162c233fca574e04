/** The kernel's packet generator, which costs least and counts what it sends: Documentation/networking/pktgen.rst. */
import type { Changes } from '../engine/change.js';
import type { Shell } from '../shell/shell.js';
import type { Load, LoadOrder, RunningLoad } from './load.js';

const FOLDER = '/proc/net/pktgen';
/** Addresses for benchmarks and documentation (RFC 2544, RFC 5737), a port at which nobody listens, and a MAC address of no one. */
const SOURCE = { first: '198.18.0.1', last: '198.19.255.254' };
const DESTINATION = { ip: '198.51.100.9', port: 9, mac: '02:00:00:00:00:99' };
const PORTS = { first: 1024, last: 65535 };
/** A frame's check sequence, which the hardware adds. */
const CHECK_SEQUENCE = 4;

export const pktgen: Load = {
  name: 'pktgen',
  title: "pktgen, the kernel's generator",

  async detect(shell) {
    const { code } = await shell.run(`test -e ${FOLDER}/pgctrl || modprobe --dry-run --quiet pktgen`);
    if (code !== 0)
      return { present: false, remedy: 'Use a kernel with the module pktgen (CONFIG_NET_PKTGEN).' };
    return { present: true, programs: { pktgen: (await shell.must('uname -r')).trim() } };
  },

  async start(order) {
    const { shell, device, changes } = order;
    await bringPktgen(shell, changes);
    const thread = await threadOn(shell, order.cpus);
    const empty = `! test -e ${FOLDER}/${device} || echo rem_device_all > ${thread}`;
    const settings = settingsOf(order).map((setting) => `echo ${setting} > ${FOLDER}/${device}`);
    await changes.run(
      shell,
      { what: `give ${device} to pktgen`, undo: `! test -e ${thread} || { ${empty}; }` },
      ['set -e', empty, `echo add_device ${device} > ${thread}`, ...settings].join('\n'),
    );
    // The writer waits until all is sent. When it is killed, the threads stop.
    const writer = await changes.spawn(shell, 'start pktgen', `sh -c 'echo start > ${FOLDER}/pgctrl'`);
    const sent = async (): Promise<number> => sentIn(await shell.must(`cat ${FOLDER}/${device}`));
    return {
      sent,
      async stop() {
        await shell.must(`echo stop > ${FOLDER}/pgctrl`);
        await writer.gone();
        return sent();
      },
    } satisfies RunningLoad;
  },
};

/** Loads the module, where it is not, until changes are taken back. */
export async function bringPktgen(shell: Shell, changes: Changes): Promise<void> {
  if ((await shell.run(`test -e ${FOLDER}/pgctrl`)).code === 0) return;
  const undo = '! test -e /sys/module/pktgen || rmmod pktgen';
  await changes.run(shell, { what: 'load the module pktgen', undo }, 'modprobe pktgen');
}

/** One sending thread: the first of the CPUs it may use. */
async function threadOn(shell: Shell, cpus: readonly number[] | undefined): Promise<string> {
  if (cpus !== undefined) return `${FOLDER}/kpktgend_${cpus[0]}`;
  return (await shell.must(`ls -d ${FOLDER}/kpktgend_* | head -n 1`)).trim();
}

function settingsOf({ rate, size, flows, destination }: LoadOrder): string[] {
  const sizes = size === 'any' ? [60, 1514] : [size - CHECK_SEQUENCE, size - CHECK_SEQUENCE];
  const [sources, ports] =
    flows === 'single'
      ? [
          { ...SOURCE, last: SOURCE.first },
          { ...PORTS, last: PORTS.first },
        ]
      : [SOURCE, PORTS];
  return [
    'count 0',
    `ratep ${rate}`,
    ...[`min_pkt_size ${sizes[0]}`, `max_pkt_size ${sizes[1]}`],
    ...(size === 'any' ? ['flag TXSIZE_RND'] : []),
    ...[`dst ${DESTINATION.ip}`, `dst_mac ${destination ?? DESTINATION.mac}`],
    ...[`udp_dst_min ${DESTINATION.port}`, `udp_dst_max ${DESTINATION.port}`],
    // Addresses and ports go on by one with every frame, at two periods: it takes 4 thousand million frames until a flow returns.
    ...[`src_min ${sources.first}`, `src_max ${sources.last}`],
    ...[`udp_src_min ${ports.first}`, `udp_src_max ${ports.last}`],
  ];
}

/**
 * Frames sent, from what pktgen says of a device. Its errors are frames that the device took and could not bring to the other end:
 * those of a veth are lost there, in the backlog of a CPU, and are found at that stage.
 */
export function sentIn(text: string): number {
  const [, sent, errors] = /pkts-sofar: (\d+)\s+errors: (\d+)/.exec(text) ?? [];
  if (sent === undefined) throw new Error(`pktgen says no count: ${text}`);
  return Number(sent) + Number(errors);
}
