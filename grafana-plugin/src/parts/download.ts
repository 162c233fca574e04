/** Offers content to the browser as a file to keep. */
export function download(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // Chromium reads the content after click() has returned.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Words and a time as a file name that every system takes: `capture-cost-path-2026-11-22T09-00-00Z.csv`. */
export function fileName(words: readonly string[], time: Date, ending: string): string {
  const slug = words
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const moment = `${time.toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
  return `${slug ? `${slug}-` : ''}${moment}.${ending}`;
}
