import type { LinkModel } from '@grafana/data';
import type { Capture } from '../capture/capture';
import type { Role } from '../capture/roles';

/** The data links of some roles at one time of one VM, as the user has set them for the fields; each once. */
export function linksOf(
  { sources }: Capture,
  roles: readonly Role[],
  vm: string | null,
  time: number,
): LinkModel[] {
  const links = sources
    .filter((source) => roles.includes(source.role) && (vm === null || source.vm === vm))
    .flatMap(({ series: { field, times, rows } }) => {
      const at = times.indexOf(time);
      return field.config.links?.length
        ? (field.getLinks?.(at < 0 ? {} : { valueRowIndex: rows[at]! }) ?? [])
        : [];
    });
  const each = new Map(links.map((link) => [link.href + link.title, link]));
  // Of a link that one click opens, Grafana's tooltip only says so; here a click holds the tooltip.
  return [...each.values()].map((link) => ({ ...link, oneClick: false }));
}
