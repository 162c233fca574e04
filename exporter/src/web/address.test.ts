import { describe, expect, it } from 'vitest';
import { isLoopback, isLoopbackHostHeader, networkOf, parseAddress, urlOf } from './address.js';

describe('parseAddress', () => {
  it.each([
    ['127.0.0.1:9818', { host: '127.0.0.1', port: 9818 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['[::1]:65535', { host: '::1', port: 65535 }],
    [':9818', { host: '::', port: 9818 }],
  ])('reads %s', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });

  it.each([
    '',
    '9818',
    'host',
    'host:',
    'host:65536',
    'host:-1',
    '::1:9818',
    '[::1]',
    'a b:1',
    'a:1:2',
    'a:1\n',
  ])('refuses %j', (text) => {
    expect(() => parseAddress(text)).toThrow(
      `${JSON.stringify(text)} is not an address to listen on; write for example 127.0.0.1:9818.`,
    );
  });
});

it.each([
  ['127.0.0.1', 'http://127.0.0.1:9818/'],
  ['::1', 'http://[::1]:9818/'],
  ['0.0.0.0', 'http://localhost:9818/'],
  ['::', 'http://localhost:9818/'],
  ['sensor', 'http://sensor:9818/'],
])('the URL of %s', (host, url) => {
  expect(urlOf({ host, port: 9818 })).toBe(url);
});

it.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['localhost', true],
  ['trapline.localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['localhost.example', false],
  ['', false],
])('%j is loopback: %s', (host, loopback) => {
  expect(isLoopback(host)).toBe(loopback);
});

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::1', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['2001:db8::1:2:3:4:5', '2001:db8:0:1'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['', ''],
])('the network of %j is %j', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

it.each([
  [undefined, true],
  ['localhost', true],
  ['localhost:9818', true],
  ['127.0.0.1:1', true],
  ['[::1]:9818', true],
  ['rebound.example:9818', false],
  ['127.0.0.1.example', false],
  ['[::1', false],
  ['localhost:9818:1', false],
  ['', false],
])('the Host header %j is for loopback: %s', (header, meant) => {
  expect(isLoopbackHostHeader(header)).toBe(meant);
});
