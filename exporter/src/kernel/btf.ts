import koffi from 'koffi';
import type { Pointer } from './libbpf.js';

/** include/uapi/linux/btf.h: a type is three numbers of 32 bits, and behind it a name and a value for each enumerator. */
const BTF_KIND_ENUM = 6;
const TYPE_SIZE = 12;
const INFO = 4;
const ENUMERATOR_SIZE = 8;

/** The names of an enumeration of the running kernel by their values; empty where it has no such type. */
export function kernelEnum(name: string): Map<number, string> {
  const library = koffi.load('libbpf.so.1');
  const loadKernelBtf = library.func('void *btf__load_vmlinux_btf()');
  const find = library.func('int btf__find_by_name_kind(const void *btf, const char *name, uint32_t kind)');
  const typeOf = library.func('void *btf__type_by_id(const void *btf, uint32_t id)');
  const nameOf = library.func('const char *btf__name_by_offset(const void *btf, uint32_t offset)');
  const free = library.func('void btf__free(void *btf)');
  const btf = loadKernelBtf() as Pointer | null;
  if (!btf) return new Map();
  try {
    const id = find(btf, name, BTF_KIND_ENUM) as number;
    if (id < 0) return new Map();
    const type = typeOf(btf, id) as Pointer;
    const count = read(type, TYPE_SIZE).readUInt32LE(INFO) & 0xffff;
    const bytes = read(type, TYPE_SIZE + count * ENUMERATOR_SIZE);
    return new Map(
      Array.from({ length: count }, (_, i): [number, string] => {
        const at = TYPE_SIZE + i * ENUMERATOR_SIZE;
        return [bytes.readInt32LE(at + 4), nameOf(btf, bytes.readUInt32LE(at)) as string];
      }),
    );
  } finally {
    free(btf);
  }
}

const read = (address: Pointer, length: number): Buffer =>
  Buffer.from(koffi.view(address, length) as ArrayBuffer);
