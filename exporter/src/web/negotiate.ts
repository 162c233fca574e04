import type { Format } from '../exposition/index.js';

/** One element of an Accept or Accept-Encoding header. */
interface Preference {
  value: string;
  parameters: Map<string, string>;
  quality: number;
}

/**
 * The format a client prefers. OpenMetrics only where version 1.0.0 (or no version) is asked for and rated
 * above plain text; plain text in every other case, also where the client accepts neither.
 */
export function chooseFormat(accept: string | undefined): Format {
  let text = 0;
  let openMetrics = 0;
  for (const { value, parameters, quality } of preferences(accept)) {
    const version = parameters.get('version');
    if (value === 'application/openmetrics-text' && (version === undefined || version === '1.0.0')) {
      openMetrics = Math.max(openMetrics, quality);
    } else if (value === 'text/plain' || value === 'text/*' || value === '*/*') {
      text = Math.max(text, quality);
    }
  }
  return openMetrics > text ? 'openmetrics' : 'text';
}

/** Whether the client takes gzip. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const wanted = preferences(acceptEncoding);
  const gzip = wanted.find(({ value }) => value === 'gzip' || value === 'x-gzip');
  return (gzip ?? wanted.find(({ value }) => value === '*'))?.quality ? true : false;
}

function preferences(header: string | undefined): Preference[] {
  return (header ?? '').split(',').map((element) => {
    const [value = '', ...rest] = element.split(';').map((part) => part.trim().toLowerCase());
    const parameters = new Map(rest.map((part) => part.split('=', 2) as [string, string]));
    const quality = parameters.has('q') ? Number(parameters.get('q')) : 1;
    return { value, parameters, quality: quality > 0 && quality <= 1 ? quality : 0 };
  });
}
