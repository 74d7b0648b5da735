// Decides which URLs and which addresses Fermata may call, so that nobody reaches the inside of our network through us.
// The text is checked here; the connector checks every resolved address and the connected socket with the same guard.
import { domainToASCII } from 'node:url';
import {
  type AddressKind,
  addressKind,
  contains,
  embeddedAddresses,
  isExactly,
  type Network,
  parseAddress,
  parseNetwork,
} from './address.ts';

/** Longest URL that is called. Common servers stop at 8 KB for the whole request line. */
const maxUrlLength = 4096;
const maxHostLength = 253;

/** Ports of other protocols, where an HTTP request can be read as commands ("port blocking" of the Fetch standard). */
const otherProtocolPorts = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);

/** Names whose address is known without asking a resolver, so that the text alone can be refused. */
const knownNames: ReadonlyMap<string, readonly string[]> = new Map([
  ['localhost', ['127.0.0.1', '::1']], // RFC 6761, with all names below it
  ['metadata.google.internal', ['169.254.169.254']],
  ['metadata.goog', ['169.254.169.254']],
  ['instance-data', ['169.254.169.254']],
  ['instance-data.ec2.internal', ['169.254.169.254']],
]);

/** What an allowed host name opens. Link-local, metadata and the rest open only by network, since a name can move. */
const kindsOpenedByName: ReadonlySet<AddressKind> = new Set(['private', 'loopback', 'carrier']);

const kindWords: Readonly<Record<AddressKind, string>> = {
  public: 'a public address',
  unspecified: 'an address of "this host"',
  loopback: 'a loopback address',
  private: 'a private address',
  linkLocal: 'a link-local address',
  carrier: 'an address inside a carrier network',
  metadata: 'the address of a cloud metadata service',
  multicast: 'a multicast address',
  broadcast: 'the broadcast address',
  documentation: 'an address reserved for documentation',
  benchmark: 'an address reserved for benchmarks',
  transition: 'an address of an IPv6 transition mechanism',
  reserved: 'a reserved address',
};

/**
 * `allow` and `deny` hold networks (`10.0.0.0/8`, `fd00::/8`), single addresses, names (`hooks.corp.example`), or all names
 * below one (`*.corp.example`). `deny` beats `allow`, `allow` beats the built-in list. A metadata address opens only
 * when exactly this address is allowed. `ports` are inclusive ranges.
 */
export type GuardSettings = {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly ports?: readonly (readonly [from: number, to: number])[];
  readonly allowUserInfo?: boolean;
};

export type GuardCode = 'length' | 'syntax' | 'scheme' | 'userInfo' | 'port' | 'host' | 'address';

export type GuardRefusal = { readonly ok: false; readonly code: GuardCode; readonly reason: string };

/** `href` is the one spelling to store, to sign and to send: normalised (WHATWG URL), without fragment. */
export type UrlVerdict = { readonly ok: true; readonly url: URL; readonly href: string } | GuardRefusal;

/** `address` is the canonical spelling; an IPv4-mapped IPv6 address comes back as IPv4. */
export type AddressVerdict = { readonly ok: true; readonly address: string } | GuardRefusal;

export type Guard = {
  /** The text of a URL, with addresses in any spelling and well-known names. Resolves nothing. */
  readonly checkUrl: (text: string) => UrlVerdict;
  /** One address as a resolver or a socket gives it, and the name it was found by. */
  readonly checkAddress: (address: string, hostName?: string) => AddressVerdict;
};

type Rules = { readonly networks: readonly Network[]; readonly names: readonly string[] };

/** Throws when an entry of the settings cannot be read: a guard with a hole in its list must not start. */
export function createGuard(settings: GuardSettings): Guard {
  const allow = readRules('allow', settings.allow);
  const deny = readRules('deny', settings.deny);
  const ports = settings.ports ?? [[1, 65_535]];

  const checkAddress = (text: string, hostName?: string): AddressVerdict => {
    const address = parseAddress(text);
    if (!address) return refuse('address', `"${shorten(text)}" is not an IP address`);
    const all = [address.ip, ...embeddedAddresses(address.ip)];
    if (deny.networks.some((network) => all.some((ip) => contains(network, ip)))) {
      return refuse('address', `${address.text} is in a denied network`);
    }
    const kind = addressKind(address.ip);
    const opened =
      kind === 'public' ||
      allow.networks.some((network) => (kind === 'metadata' ? isExactly : contains)(network, address.ip)) ||
      (kindsOpenedByName.has(kind) && hostName !== undefined && matchesName(allow.names, plainName(hostName)));
    return opened ? { ok: true, address: address.text } : refuse('address', `${address.text} is ${kindWords[kind]}`);
  };

  const checkHost = (host: string): GuardRefusal | undefined => {
    if (matchesName(deny.names, host)) return refuse('host', `the host "${host}" is denied`);
    const addresses = parseAddress(host) ? [host] : knownAddresses(host);
    const verdicts = addresses.map((address) => checkAddress(address, host));
    if (verdicts.some((verdict) => verdict.ok)) return undefined;
    const refusal = verdicts.find((verdict) => !verdict.ok);
    if (!refusal || addresses[0] === host) return refusal;
    return refuse('host', `the host "${host}" is known: ${refusal.reason}`);
  };

  const checkUrl = (text: string): UrlVerdict => {
    const parsed = parseUrl(text);
    if (!parsed.ok) return parsed;
    const { url } = parsed;
    if ((url.username !== '' || url.password !== '') && settings.allowUserInfo !== true) {
      return refuse('userInfo', 'the URL must not hold a user name or password; use a header');
    }
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
    if (!ports.some(([from, to]) => port >= from && port <= to)) return refuse('port', `port ${port} is not allowed`);
    if (otherProtocolPorts.has(port)) return refuse('port', `port ${port} belongs to another protocol than HTTP`);
    return checkHost(hostOf(url)) ?? parsed;
  };

  return { checkUrl, checkAddress };
}

/** The host without brackets and without the dot of the root: what rules and resolvers are asked with. */
export function hostOf(url: URL): string {
  const host = url.hostname;
  return plainName(host.startsWith('[') ? host.slice(1, -1) : host);
}

function parseUrl(text: string): UrlVerdict {
  if (text.length > maxUrlLength) return refuse('length', `the URL is longer than ${maxUrlLength} characters`);
  // The URL parser drops tabs and line ends and reads "\" as "/": other readers of the same text would see another host.
  if (/[\p{Cc}\s\\]/u.test(text)) {
    return refuse('syntax', 'the URL must not hold spaces, control characters or backslashes');
  }
  if (!/^https?:/i.test(text)) return refuse('scheme', 'the URL must begin with http:// or https://');
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) return refuse('syntax', 'this is not a URL');
  const url = new URL(text);
  url.hash = '';
  const host = hostOf(url);
  if (host.length > maxHostLength || (!host.includes(':') && host.split('.').includes(''))) {
    return refuse('host', `the host name has an empty part or more than ${maxHostLength} characters`);
  }
  return { ok: true, url, href: url.href };
}

function knownAddresses(host: string): readonly string[] {
  return knownNames.get(host.endsWith('.localhost') ? 'localhost' : host) ?? [];
}

function readRules(setting: string, entries: readonly string[]): Rules {
  const networks: Network[] = [];
  const names: string[] = [];
  for (const entry of entries) {
    const rule = readRule(entry);
    if (!rule) throw new Error(`guard setting "${setting}": "${shorten(entry)}" is neither a network nor a host name`);
    if (rule.network) networks.push(rule.network);
    else names.push(rule.name);
  }
  return { networks, names };
}

/** A network in CIDR form, an address, or a host name (`*.` before it: all below it); undefined: none of them. */
export function readRule(
  entry: string,
): { readonly network: Network } | { readonly network?: undefined; readonly name: string } | undefined {
  const network = parseNetwork(entry);
  if (network) return { network };
  const name = readName(entry);
  return name === undefined ? undefined : { name };
}

/** A last label of digits (`127.1`) would be read as an address by a URL, so it is no name. */
function readName(entry: string): string | undefined {
  const wildcard = entry.startsWith('*.');
  const name = plainName(domainToASCII(wildcard ? entry.slice(2) : entry));
  if (name === '' || name.length > maxHostLength || !/^[a-z0-9_.-]+$/.test(name)) return undefined;
  const labels = name.split('.');
  if (labels.some((label) => label === '') || /^(?:\d+|0x[0-9a-f]*)$/.test(labels[labels.length - 1] ?? '')) {
    return undefined;
  }
  return wildcard ? `*.${name}` : name;
}

function matchesName(rules: readonly string[], host: string): boolean {
  return rules.some((rule) => (rule.startsWith('*.') ? host.endsWith(rule.slice(1)) : host === rule));
}

function plainName(host: string): string {
  const lower = host.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

function shorten(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64)}…` : text;
}

function refuse(code: GuardCode, reason: string): GuardRefusal {
  return { ok: false, code, reason };
}
