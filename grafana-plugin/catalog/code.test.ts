import { beforeAll, describe, expect, test } from 'vitest';
import { Opened, sources } from './opened.testing';

/** What the plugin may take from Grafana, and nothing else: all the rest would be a second copy. */
const SHARED = /^(@emotion\/css|@grafana\/(data|ui|runtime)|module|react|react-dom|react\/jsx-runtime|rxjs)$/;

let archive: Opened;
let code: string;
beforeAll(async () => {
  archive = await Opened.archive();
  code = archive.text('module.js');
});

describe('module.js', () => {
  test('is an AMD module that takes from Grafana only what Grafana shares', () => {
    const [, names] = /define\(\[([^\]]*)\]/.exec(code)!;
    for (const name of names!.split(',')) expect(name.replaceAll('"', '')).toMatch(SHARED);
    expect(code.length).toBeLessThan(250_000);
  });

  test('speaks to nobody: no address but the names of XML, and no way to ask for one', () => {
    const addresses = [...code.matchAll(/https?:\/\/[^\s"'`)]+/g)].map(([address]) => address);
    expect(addresses.filter((address) => !address.startsWith('http://www.w3.org/'))).toEqual([]);
    expect(code).not.toMatch(/\b(fetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon)/);
  });

  test.each([
    ['code from text', /\beval\(|new Function\(|document\.write/],
    ['unsafe markup', /\.(innerHTML|outerHTML)\s*=|insertAdjacentHTML|dangerouslySetInnerHTML/],
    ['scripts from elsewhere', /createElement\(["']script/],
    ["Grafana's private objects", /grafanaBootData|__SECRET_INTERNALS|__grafana/],
    ['AngularJS', /\bangular\b|PanelCtrl|ConfigCtrl|app\/plugins\/sdk/],
    ['what React 19 has dropped', /findDOMNode|unmountComponentAtNode|createFactory|propTypes|contextTypes/],
    ['the console', /console\.(log|info|table|dir|group|time|trace|count|clear)\b/],
    ['paths of the machine that built it', /\/(home|root|work|Users|tmp)\//],
  ])('has nothing of %s', (_what, pattern) => {
    expect(pattern.exec(code)?.[0]).toBeUndefined();
  });
});

describe('module.js.map', () => {
  test("leads to every source, byte for byte this repository's, and to no other package", () => {
    const map = JSON.parse(archive.text('module.js.map')) as { sources: string[]; sourcesContent: string[] };
    const written = sources();
    // What webpack puts in itself, by the names that the catalog passes over.
    const own = map.sources
      .map((name, at) => ({
        name: name.replace(`webpack://${archive.metadata.id}/`, ''),
        content: map.sourcesContent[at],
      }))
      .filter(({ name }) => !/^(external |webpack\/|\.\/node_modules\/)/.test(name));
    for (const { name, content } of own) {
      expect(written.has(name.replace('./', '')), name).toBe(true);
      expect(content).toBe(written.get(name.replace('./', '')));
    }
    expect(own.map(({ name }) => name)).toContain('./module.ts');
  });
});

describe('the sources', () => {
  test.each([
    ['log', /\bconsole\./],
    ['put anything on the window', /\bwindow\.\w+\s*=[^=]|globalThis\.\w+\s*=[^=]/],
    ['look for elements that are not theirs', /document\.(querySelector|getElement|styleSheets|head|body)/],
    ['keep anything in the browser', /\b(localStorage|sessionStorage|indexedDB)\b/],
    ['bring styles for the whole page', /injectGlobal|<Global\b|\.css['"]/],
  ])('never %s', (_what, pattern) => {
    const found = [...sources()].filter(([, text]) => pattern.test(text)).map(([name]) => name);
    expect(found).toEqual([]);
  });
});
