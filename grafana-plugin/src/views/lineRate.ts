/** Ethernet links in Gbit/s. */
export const LINKS: readonly number[] = [1, 10, 25, 40, 100];
/** Frames in bytes with their checksum: the smallest, two between, the largest without a VLAN tag. */
export const FRAMES: readonly number[] = [64, 256, 512, 1518];

/** A link that is full of frames of one size. */
export interface LineRate {
  /** Gbit/s. */
  readonly link: number;
  /** Bytes. */
  readonly frame: number;
}

/** Preamble, start delimiter and the gap between frames: bytes that a frame takes on the wire beside its own. */
const GAP_BYTES = 20;

/** Frames per second that fill a link. */
export const packetsAt = ({ link, frame }: LineRate): number => (link * 1e9) / ((frame + GAP_BYTES) * 8);

/** Nanoseconds that so many CPUs have for a packet at so many packets per second. */
export const budgetAt = (rate: number, cores: number): number => (cores * 1e9) / rate;

/** CPUs that packets of so many nanoseconds take at so many per second. */
export const cpusAt = (rate: number, ns: number): number => (rate * ns) / 1e9;

export const describeLine = ({ link, frame }: LineRate): string => `${link} Gbit/s of ${frame} B frames`;
