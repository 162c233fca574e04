import type { LiveSample } from './protocol';
import type { Live } from './useLive';

/** What the page knows. */
export interface Known {
  readonly state: Live['state'];
  readonly newest: LiveSample | undefined;
  readonly vms: number;
}

/** The sentences, in the order in which they matter. */
export function sentencesFor({ state, newest, vms }: Known): string[] {
  const lines: string[] = [];
  if (state === 'connecting') {
    lines.push('Connecting to the exporter.');
  }
  if (state === 'lost') {
    lines.push(
      newest
        ? 'The connection to the exporter was lost. What was received stays here; the page reconnects by itself.'
        : 'The exporter does not answer. The page tries again by itself; “trapline doctor” tells what may be wrong.',
    );
  }
  if (state === 'live' && vms === 0) {
    lines.push(
      'No virtual machine was seen yet. Start one, for example with QEMU or libvirt; it appears here within seconds.',
      'To see how it looks without a guest of your own, run “npm run lab”.',
    );
  }
  if (newest && !newest.exitTiming && vms > 0) {
    lines.push(
      'Exit timing is not available on this machine: showing exits per packet. “trapline doctor” tells why.',
    );
  }
  return lines;
}
