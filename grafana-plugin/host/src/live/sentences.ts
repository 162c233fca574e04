import type { LiveMachine } from '../../../../exporter/src/live/protocol';
import type { Live } from './useLive';

/** What the page knows. */
export interface Known {
  readonly state: Live['state'];
  readonly role: LiveMachine['role'] | undefined;
  /** Whether there was a sample. */
  readonly heard: boolean;
  readonly vms: number;
  /** Of these, those whose exits are timed. */
  readonly timed: number;
  /** Whether some program that sees exits is not attached. */
  readonly blind: boolean;
  readonly sockets: number;
}

/** The sentences, in the order in which they matter. */
export function sentencesFor({ state, role, heard, vms, timed, blind, sockets }: Known): string[] {
  const lines: string[] = [];
  if (state === 'connecting') {
    lines.push('Connecting to the exporter.');
  }
  if (state === 'lost') {
    lines.push(
      heard
        ? 'The connection to the exporter was lost. What was received stays here; the page reconnects by itself.'
        : 'The exporter does not answer. The page tries again by itself; “trapline doctor” tells what may be wrong.',
    );
  }
  if (state === 'live' && vms === 0 && sockets === 0) {
    lines.push(
      ...(role === 'guest' || role === 'bare_metal'
        ? ['No capture socket is open. One appears here within a second of its opening.']
        : [
            'No virtual machine was seen yet. Start one, for example with QEMU or libvirt; it appears here within seconds.',
            'To see how it looks without a guest of your own, run “npm run lab”.',
          ]),
    );
  }
  if (vms > 0 && timed === 0) {
    lines.push(
      blind
        ? 'Exits cannot be timed on this machine: exits stand in for their time. The end of this page tells why.'
        : 'KVM emulates the guests here instead of running them: their exits cannot be timed and are counted instead.',
    );
  }
  return lines;
}
