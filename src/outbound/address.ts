// Reads IP addresses and networks, and says what kind of address one is: public, or one of the kinds that lead inside.
// Ranges: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates), and the clouds' metadata addresses.
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Ip = ipaddr.IPv4 | ipaddr.IPv6;

export type AddressKind =
  | 'public'
  | 'unspecified'
  | 'loopback'
  | 'private'
  | 'linkLocal'
  | 'carrier'
  | 'metadata'
  | 'multicast'
  | 'broadcast'
  | 'documentation'
  | 'benchmark'
  | 'transition'
  | 'reserved';

/** `text` is canonical: lower case, RFC 5952, without zone; an IPv4-mapped address is given as the IPv4 address it is. */
export type Address = { readonly text: string; readonly ip: Ip };

export type Network = { readonly ip: Ip; readonly prefixBits: number };

type Range = readonly [network: Network, kind: AddressKind];

/** Services that hand out credentials to whoever asks; 168.63.129.16 (Azure) lies in public space, so ranges alone miss it. */
const metadataAddresses = new Set([
  '169.254.169.254', // AWS, GCP, Azure, DigitalOcean, OpenStack, Oracle
  '169.254.170.2', // AWS ECS task credentials
  '169.254.170.23', // AWS EKS pod identity
  '100.100.100.200', // Alibaba Cloud
  '168.63.129.16', // Azure host agent
  '192.0.0.192', // Oracle Cloud, older
  'fd00:ec2::254', // AWS
  'fd00:ec2::23', // AWS EKS pod identity
  'fd20:ce::254', // GCP
]);

const ranges4 = table([
  ['0.0.0.0/8', 'unspecified'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'carrier'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'linkLocal'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'reserved'],
  ['192.0.2.0/24', 'documentation'],
  ['192.88.99.0/24', 'transition'],
  ['192.168.0.0/16', 'private'],
  ['198.18.0.0/15', 'benchmark'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['255.255.255.255/32', 'broadcast'],
  ['240.0.0.0/4', 'reserved'],
]);

const ranges6 = table([
  ['::/128', 'unspecified'],
  ['::1/128', 'loopback'],
  ['::/96', 'transition'], // IPv4-compatible
  ['64:ff9b:1::/48', 'transition'], // NAT64 for local use, RFC 8215
  ['fc00::/7', 'private'],
  ['fe80::/10', 'linkLocal'],
  ['fec0::/10', 'private'], // site-local, deprecated but still routed by some
  ['ff00::/8', 'multicast'],
  ['2001:db8::/32', 'documentation'],
  ['3fff::/20', 'documentation'],
  ['2001:2::/48', 'benchmark'],
  ['2001::/32', 'transition'], // Teredo
  ['2001::/23', 'reserved'],
  ['2002::/16', 'transition'], // 6to4
]);

/** All IPv6 that is handed out for the open net (RFC 4291); what lies outside is refused without asking what it is. */
const globalUnicast = network('2000::/3');
/** NAT64 (RFC 6052): how an IPv6-only host reaches the IPv4 net; as good or bad as the IPv4 address inside. */
const nat64 = network('64:ff9b::/96');
const compatible = network('::/96');
const sixToFour = network('2002::/16');
const teredo = network('2001::/32');

/** Strict: only the spellings that resolvers and sockets return (`net.isIP`); a zone (`%eth0`) is cut off. */
export function parseAddress(text: string): Address | undefined {
  if (isIP(text) === 0) return undefined;
  const zone = text.indexOf('%');
  const parsed = ipaddr.parse(zone === -1 ? text : text.slice(0, zone));
  const ip = parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress() ? parsed.toIPv4Address() : parsed;
  return { text: canonical(ip), ip };
}

/** `10.0.0.0/8`, `fd00::/8`, or a single address. Host bits may be set; they are ignored. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash === -1 ? text : text.slice(0, slash));
  if (!address) return undefined;
  const widthBits = address.ip instanceof ipaddr.IPv4 ? 32 : 128;
  if (slash === -1) return { ip: address.ip, prefixBits: widthBits };
  const bits = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > widthBits) return undefined;
  return { ip: address.ip, prefixBits: Number(bits) };
}

export function contains(outer: Network, ip: Ip): boolean {
  if (outer.ip instanceof ipaddr.IPv4) {
    return ip instanceof ipaddr.IPv4 && ip.match(outer.ip, outer.prefixBits);
  }
  return ip instanceof ipaddr.IPv6 && ip.match(outer.ip, outer.prefixBits);
}

/** True when the network is this one address and nothing else. */
export function isExactly(outer: Network, ip: Ip): boolean {
  return outer.prefixBits === (outer.ip instanceof ipaddr.IPv4 ? 32 : 128) && contains(outer, ip);
}

/** The IPv4 addresses that an IPv6 address stands for in NAT64, 6to4, Teredo, ISATAP and the IPv4-compatible form. */
export function embeddedAddresses(ip: Ip): readonly ipaddr.IPv4[] {
  if (ip instanceof ipaddr.IPv4) return [];
  const bytes = ip.toByteArray();
  const at = (offset: number, mask = 0): ipaddr.IPv4 =>
    new ipaddr.IPv4(bytes.slice(offset, offset + 4).map((byte) => byte ^ mask));
  if (contains(nat64, ip) || contains(compatible, ip) || isIsatap(bytes)) return [at(12)];
  if (contains(sixToFour, ip)) return [at(2)];
  if (contains(teredo, ip)) return [at(4), at(12, 0xff)];
  return [];
}

export function addressKind(ip: Ip): AddressKind {
  if (metadataAddresses.has(canonical(ip))) return 'metadata';
  const embedded = embeddedAddresses(ip);
  if (embedded.some((inner) => metadataAddresses.has(inner.toString()))) return 'metadata';
  if (ip instanceof ipaddr.IPv4) return lookUp(ranges4, ip) ?? 'public';
  if (contains(nat64, ip)) return embedded[0] ? addressKind(embedded[0]) : 'transition';
  if (embedded.length > 0 && isIsatap(ip.toByteArray())) return 'transition';
  return lookUp(ranges6, ip) ?? (contains(globalUnicast, ip) ? 'public' : 'reserved');
}

/** ISATAP (RFC 5214) puts 0000:5efe or 0200:5efe before the IPv4 address in the lower half. */
function isIsatap(bytes: readonly number[]): boolean {
  return (bytes[8] === 0 || bytes[8] === 2) && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe;
}

function canonical(ip: Ip): string {
  return ip instanceof ipaddr.IPv4 ? ip.toString() : ip.toRFC5952String();
}

function lookUp(ranges: readonly Range[], ip: Ip): AddressKind | undefined {
  return ranges.find(([range]) => contains(range, ip))?.[1];
}

function table(rows: readonly (readonly [string, AddressKind])[]): readonly Range[] {
  return rows.map(([cidr, kind]) => [network(cidr), kind]);
}

function network(cidr: string): Network {
  const [ip, prefixBits] = ipaddr.parseCIDR(cidr);
  return { ip, prefixBits };
}
