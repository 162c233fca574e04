/**
 * Where Grafana's components fetch icons and fonts. They read it once, while they are loaded, so this file must be
 * imported before them.
 */
declare global {
  interface Window {
    __grafana_public_path__?: string;
  }
}

window.__grafana_public_path__ = './host/';

export {};
