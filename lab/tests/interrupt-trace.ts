/** What becomes of the interrupts a guest is given, as KVM's own tracepoints tell it, event by event. */
import type { LabHost } from '../host.js';

const INSTANCE = '/sys/kernel/tracing/instances/interrupts';

/** Interrupts by message that a guest of one vCPU was given. */
export interface Given {
  /** Its interrupt controller accepted so many. */
  accepted: number;
  /** Of these, so many came while the same vector was still waiting to be taken: the guest sees one interrupt. */
  joined: number;
}

/** Follows the vectors from the interrupt controller of the only guest into its vCPU. */
export class InterruptTrace {
  private constructor(private readonly host: LabHost) {}

  static async start(host: LabHost): Promise<InterruptTrace> {
    await host.must(`mkdir ${INSTANCE} && cd ${INSTANCE} && echo 32768 > buffer_size_kb
      for event in msi_set_irq apic_accept_irq inj_virq; do echo 1 > events/kvm/kvm_$event/enable; done`);
    return new InterruptTrace(host);
  }

  /** What happened since it was last asked. Throws where an event was lost. */
  async take(): Promise<Given> {
    const text = await this.host.must(`cd ${INSTANCE}
      grep -h '^overrun' per_cpu/*/stats
      sed -nE 's/.* kvm_msi_set_irq: .* vec ([0-9]+) .*/m \\1/p
        s/.* kvm_apic_accept_irq: .* vec ([0-9]+) .*/a \\1/p
        s/.* kvm_inj_virq: IRQ 0x([0-9a-f]+)$/i \\1/p' trace
      echo > trace`);
    if (!/^(overrun: 0\n)+/.test(text)) throw new Error(`interrupts were not traced: ${text.slice(0, 80)}`);
    const messages = new Set<number>();
    const waiting = new Set<number>();
    const given: Given = { accepted: 0, joined: 0 };
    for (const [, event, digits] of text.matchAll(/^([mai]) (\w+)$/gm)) {
      const vector = Number.parseInt(digits!, event === 'i' ? 16 : 10);
      if (event === 'm') messages.add(vector);
      else if (event === 'i') waiting.delete(vector);
      else if (messages.has(vector)) {
        given.accepted++;
        if (waiting.has(vector)) given.joined++;
        waiting.add(vector);
      }
    }
    return given;
  }
}
