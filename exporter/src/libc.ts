import koffi from 'koffi';

/** The C library, opened once. */
export const libc = koffi.load('libc.so.6');

const strerror = libc.func('const char *strerror(int errno)');

/** The errno of the last call. */
export const errno = (): number => koffi.errno();

/** An errno in words, for example `Permission denied`. */
export const errorText = (number: number): string => strerror(number) as string;
