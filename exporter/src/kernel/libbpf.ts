/**
 * The part of libbpf.so.1 that loads and attaches. Everything libbpf says while it works is kept, so that a failure can
 * be told in one sentence instead of its log.
 */
import koffi, { type LibraryHandle } from 'koffi';
import { libc } from '../libc.js';

/** libbpf.so.1 cannot be opened. */
export class LibbpfMissing extends Error {
  constructor(detail: string) {
    super(`libbpf.so.1 cannot be opened: ${detail}.`);
  }
}

/** A pointer as koffi hands it out; 0 is NULL. */
export type Pointer = bigint;

const bind = (library: LibraryHandle) => ({
  versionString: library.func('const char *libbpf_version_string()'),
  setPrint: library.func('void *libbpf_set_print(void *print)'),
  open: library.func('void *bpf_object__open_file(const char *path, const void *options)'),
  load: library.func('int bpf_object__load(void *object)'),
  close: library.func('void bpf_object__close(void *object)'),
  nextProgram: library.func('void *bpf_object__next_program(const void *object, void *previous)'),
  programName: library.func('const char *bpf_program__name(const void *program)'),
  setAutoload: library.func('int bpf_program__set_autoload(void *program, bool autoload)'),
  programFd: library.func('int bpf_program__fd(const void *program)'),
  attach: library.func('void *bpf_program__attach(const void *program)'),
  attachIterator: library.func('void *bpf_program__attach_iter(const void *program, const void *options)'),
  attachPerfEvent: library.func('void *bpf_program__attach_perf_event(const void *program, int fd)'),
  destroyLink: library.func('int bpf_link__destroy(void *link)'),
  linkFd: library.func('int bpf_link__fd(const void *link)'),
  updateLink: library.func('int bpf_link_update(int link, int program, const void *options)'),
  enableStats: library.func('int bpf_enable_stats(int type)'),
  objectInfo: library.func(
    'int bpf_obj_get_info_by_fd(int fd, _Out_ uint8_t *info, _Inout_ uint32_t *length)',
  ),
  createIterator: library.func('int bpf_iter_create(int link)'),
  nextMap: library.func('void *bpf_object__next_map(const void *object, const void *previous)'),
  mapName: library.func('const char *bpf_map__name(const void *map)'),
  mapFd: library.func('int bpf_map__fd(const void *map)'),
  maxEntries: library.func('uint32_t bpf_map__max_entries(const void *map)'),
  setMaxEntries: library.func('int bpf_map__set_max_entries(void *map, uint32_t entries)'),
  isInternalMap: library.func('bool bpf_map__is_internal(const void *map)'),
  setInitialValue: library.func('int bpf_map__set_initial_value(void *map, const void *data, size_t size)'),
  reuseMap: library.func('int bpf_map__reuse_fd(void *map, int fd)'),
});

export type Libbpf = ReturnType<typeof bind>;

let loaded: Libbpf | undefined;

/** libbpf, opened at first use. Throws `LibbpfMissing`. */
export function libbpf(): Libbpf {
  if (loaded) return loaded;
  let library: LibraryHandle;
  try {
    library = koffi.load('libbpf.so.1');
  } catch (error) {
    throw new LibbpfMissing(error instanceof Error ? error.message : String(error));
  }
  loaded = bind(library);
  loaded.setPrint(messagePrinter());
  return loaded;
}

/** As `libbpf_version_string()` says it, for example `1.1`. */
export const libbpfVersion = (): string => (libbpf().versionString() as string).replace(/^v/, '');

let messages: string[] = [];

/** Runs `work` and returns what it returned with what libbpf said meanwhile. */
export function withMessages<T>(work: () => T): { result: T; said: string } {
  messages = [];
  const result = work();
  return { result, said: messages.join('') };
}

/** libbpf hands its printer a va_list, which every 64-bit Linux ABI passes as a pointer. */
function messagePrinter(): unknown {
  const vsnprintf = libc.func(
    'int vsnprintf(_Out_ uint8_t *buffer, size_t size, const char *format, void *arguments)',
  );
  const prototype = koffi.proto('int TraplineLibbpfPrint(int level, const char *format, void *arguments)');
  const LIBBPF_DEBUG = 2;
  const buffer = Buffer.alloc(1 << 16);
  return koffi.register((level: number, format: string, va: Pointer) => {
    if (level >= LIBBPF_DEBUG) return 0;
    const length = vsnprintf(buffer, buffer.length, format, va) as number;
    messages.push(buffer.toString('utf8', 0, Math.min(length, buffer.length - 1)));
    return length;
  }, koffi.pointer(prototype));
}

const mallocTrim = libc.func('int malloc_trim(size_t pad)');
const fcntl = libc.func('int fcntl(int fd, int command, int argument)');

/** include/uapi/linux/fcntl.h */
const F_DUPFD_CLOEXEC = 1030;

/** Another descriptor of the same thing, which children do not inherit. */
export const duplicate = (fd: number): number => fcntl(fd, F_DUPFD_CLOEXEC, 0) as number;

/** Gives back to the system what the C library keeps of memory that is free, as libbpf's after reading the kernel's types. */
export const trimHeap = (): void => void mallocTrim(0);
