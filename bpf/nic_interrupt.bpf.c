// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What a NIC's interrupts cost the CPU that takes them. The exporter says which interrupt numbers are a NIC's; any other
 * interrupt costs one look into an array.
 */
#include "nic_interrupt.h"
#include "resumed.h"

/* Handlers of NICs on one line, which are searched for one by one. */
#define MAX_SHARING 8

/* include/linux/irqreturn.h */
#define IRQ_NONE 0

DEFINE_ROWS(interrupt_lines, struct interrupt_line, MAX_INTERRUPTS);
DEFINE_ROWS(shared_handlers, struct shared_handler, MAX_SHARED_HANDLERS);
DEFINE_ROWS(nic_interrupt_rows, struct nic_interrupt_row, MAX_NIC_INTERRUPTS);

static bool same_name(const __u32 *one, const __u32 *other)
{
	for (int word = 0; word < HANDLER_NAME_WORDS; word++)
		if (one[word] != other[word])
			return false;
	return true;
}

static __u32 row_among(__u32 place, struct irqaction *action)
{
	__u32 name[HANDLER_NAME_WORDS] = {};

	bpf_probe_read_kernel_str(name, sizeof(name), action->name);
	for (int i = 0; i < MAX_SHARING && place; i++) {
		struct shared_handler *handler = bpf_map_lookup_elem(&shared_handlers, &place);

		if (!handler)
			return 0;
		if (same_name(handler->name, name))
			return handler->row;
		place = handler->next;
	}
	return 0;
}

static struct interrupt_line *line_of(__u32 interrupt)
{
	return bpf_map_lookup_elem(&interrupt_lines, &interrupt);
}

static struct nic_interrupt_row *row_of(struct interrupt_line *line, struct irqaction *action)
{
	__u32 index = line->first_sharing ? row_among(line->first_sharing, action) : line->row;

	return index ? bpf_map_lookup_elem(&nic_interrupt_rows, &index) : 0;
}

SEC("tp_btf/irq_handler_entry")
int BPF_PROG(irq_handler_entry, int interrupt, struct irqaction *action)
{
	struct interrupt_line *line = line_of(interrupt);
	struct nic_interrupt_row *row = line ? row_of(line, action) : 0;

	if (row)
		row->entered_ns = bpf_ktime_get_ns();
	return 0;
}

/*
 * On a line of its own every interrupt is the NIC's, as in /proc/interrupts; on a shared one those are that its handler
 * takes for its own.
 */
SEC("tp_btf/irq_handler_exit")
int BPF_PROG(irq_handler_exit, int interrupt, struct irqaction *action, int handled)
{
	struct interrupt_line *line = line_of(interrupt);
	struct nic_interrupt_row *row = line ? row_of(line, action) : 0;

	if (!row || row->entered_ns <= resumed_ns)
		return 0;
	row->ns += bpf_ktime_get_ns() - row->entered_ns;
	row->entered_ns = 0;
	if (handled != IRQ_NONE || !line->first_sharing)
		row->count++;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
