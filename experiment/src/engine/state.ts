/** What a machine is like, as far as an experiment could have changed it: to say afterwards whether it is as before. */
import { TAG, type Shell } from '../shell/shell.js';

/** A line for each interface, module, interrupt that can be steered, and process of an experiment. Builtins only: a guest may be slow. */
const LOOK = `
for folder in /sys/class/net/*/; do
  test -e "$folder/flags" || continue
  name=\${folder%/}; read -r flags < "$folder/flags"; read -r mtu < "$folder/mtu"; read -r queue < "$folder/tx_queue_len"
  echo "interface \${name##*/} with flags $flags, MTU $mtu and a queue of $queue"
done
ip -o link | sed -n 's|^[0-9]*: \\([^:@]*\\).* xdp[a-z]*[ /].*|XDP program on \\1|p'
test ! -e /proc/modules || while read -r name rest; do echo "module $name"; done < /proc/modules
for file in /proc/irq/[0-9]*/smp_affinity_list; do
  irq=\${file%/*}; read -r cpus 2>/dev/null < "$file" && echo "interrupt \${irq##*/} on CPUs $cpus"
done
for file in $(grep -lsz '^${TAG}=' /proc/[0-9]*/environ); do
  process=\${file%/*}; read -r name < "$process/comm" && echo "process \${process#/proc/} ($name)"
done
true`;

export async function lookAt(shell: Shell): Promise<string[]> {
  return (await shell.must(LOOK)).split('\n').filter((line) => line !== '');
}

/** What is otherwise than before, in words: `+` is new, `-` is gone. */
export function differences(before: readonly string[], after: readonly string[]): string[] {
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
  ];
}
