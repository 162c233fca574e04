import {
  napi_device,
  napi_place,
  napi_row,
  onEveryCpu,
  possibleCpus,
  Table,
  type SignalHandles,
} from '../../kernel/index.js';
import type { NetInterface } from '../../machine/index.js';
import { LentRows } from '../lent_rows.js';

/** What the polls of a device brought. */
export interface PollTotals {
  device: string;
  packets: number;
  exhausted: number;
  /** Polls by the number of packets they brought: none, then up to each power of two. */
  polls: number[];
}

/** Interface names have no spaces: nobody can take these. */
const PLACES = {
  '(other devices)': napi_place.PLACE_OTHER,
  '(no device)': napi_place.PLACE_BACKLOG,
};

interface Followed extends NetInterface {
  place: number;
}

/** Says to the program which row each device of a network namespace has, and adds up the rows of all CPUs. */
export class NapiDevices {
  readonly #known: Table<typeof napi_device>;
  readonly #rows: Table<typeof napi_row>;
  readonly #places: LentRows;
  readonly #cpus = possibleCpus();
  readonly #followed = new Map<number, Followed>();

  /** `netns` is the inode number of the namespace. */
  constructor(
    { tables }: SignalHandles,
    private readonly netns: number,
  ) {
    this.#known = new Table(tables['napi_devices']!, napi_device, 'write');
    this.#rows = new Table(tables['napi_rows']!, onEveryCpu(napi_row));
    const { PLACE_FIRST_DEVICE } = napi_place;
    const places = Array.from(
      { length: napi_row.rows - PLACE_FIRST_DEVICE },
      (_, i) => i + PLACE_FIRST_DEVICE,
    );
    this.#places = new LentRows(places, (place) => this.#sum(place));
  }

  /** Takes the interfaces that are there now; hardware goes before what is virtual where there are not enough rows. */
  follow(interfaces: readonly NetInterface[]): void {
    const present = new Map(interfaces.map((each) => [each.ifindex, each]));
    for (const [ifindex, { place }] of this.#followed) {
      if (present.has(ifindex)) continue;
      this.#known.setU32(ifindex % napi_device.rows, 'ifindex', 0);
      this.#places.takeBack(place);
      this.#followed.delete(ifindex);
    }
    const byRank = [...interfaces].sort((a, b) => rank(a) - rank(b));
    for (const each of byRank) {
      const known = this.#followed.get(each.ifindex);
      if (known) Object.assign(known, each);
      else this.#add(each);
    }
  }

  /** Devices that can have polls, that is hardware, and those that had some. */
  read(): PollTotals[] {
    const special = Object.entries(PLACES).map(([device, place]) => totals(device, this.#sum(place)));
    const followed = [...this.#followed.values()].map(({ name, hardware, place }) => ({
      hardware,
      ...totals(name, this.#places.counted(place)),
    }));
    return [
      ...followed.filter(({ hardware, polls }) => hardware !== undefined || polls.some(Boolean)),
      ...special,
    ];
  }

  #add(added: NetInterface): void {
    const at = added.ifindex % napi_device.rows;
    if (this.#known.u32(at, 'ifindex') !== 0) return;
    const place = this.#places.lend();
    if (place === undefined) return;
    this.#followed.set(added.ifindex, { ...added, place });
    this.#known.setU32(at, 'place', place);
    this.#known.setU32(at, 'netns', this.netns);
    // Last: from here on the program takes the entry for the device's.
    this.#known.setU32(at, 'ifindex', added.ifindex);
  }

  /** Packets, exhausted budgets, then polls by bucket. */
  #sum(place: number): number[] {
    const sums = new Array<number>(2 + napi_row.fields.polls.length).fill(0);
    for (let cpu = 0; cpu < this.#cpus; cpu++) {
      const row = cpu * napi_row.rows + place;
      sums[0]! += this.#rows.u64(row, 'packets');
      sums[1]! += this.#rows.u64(row, 'exhausted');
      for (let i = 2; i < sums.length; i++) sums[i]! += this.#rows.u64(row, 'polls', i - 2);
    }
    return sums;
  }
}

const rank = ({ hardware }: NetInterface): number => (hardware === undefined ? 1 : 0);

function totals(device: string, [packets, exhausted, ...polls]: readonly number[]): PollTotals {
  return { device, packets: packets!, exhausted: exhausted!, polls };
}
