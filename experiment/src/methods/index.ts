import { dpdk, netmap, pfRing } from './absent.js';
import { afXdp } from './af_xdp.js';
import { fanout } from './fanout.js';
import type { Method } from './method.js';
import { plain } from './plain.js';
import { v3 } from './v3.js';
import { xdp } from './xdp.js';

/** Every method, in the order of the study: the first is the oldest. */
export const METHODS: readonly Method[] = [plain, v3, fanout, afXdp, xdp, pfRing, netmap, dpdk];
