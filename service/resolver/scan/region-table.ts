import type { Region } from '../../../shared/http/scans.ts';

type Known = Exclude<Region, 'unknown'>;

/**
 * Pinned: which registry administers which /8 of IPv4, legacy blocks included, after the IANA IPv4 Address Space Registry. A
 * registry's region is coarse on purpose. It says where a block is administered; parts of blocks have been moved to other
 * regions since, carriers and tunnels cross borders, and private networks are nowhere. `17-23` is a range, ends included.
 */
export const IPV4_BLOCKS: Readonly<Record<Known, string>> = {
  africa: '41 102 105 154 196-197',
  'asia-pacific':
    '1 14 27 36 39 42-43 49 58-61 101 103 106 110-126 133 150 153 163 171 175 180 182-183 202-203 210-211 218-223',
  'europe-middle-east':
    '2 5 25 31 37 46 51 53 57 62 77-95 109 141 145 151 176 178 185 188 193-195 212-213 217',
  'latin-america': '177 179 181 186-187 189-191 200-201',
  'north-america':
    '3-4 6-9 11-13 15-24 26 28-30 32-35 38 40 44-45 47-48 50 52 54-56 63-76 96-100 104 107-108 128-132 134-140 142-144 146-149 ' +
    '152 155-162 164-170 172-174 184 192 198-199 204-209 214-216',
};

/**
 * The same of IPv6, after the IANA IPv6 Global Unicast Address Assignments: the first one or two groups, and the length of the prefix. 6to4
 * (2002::/16) and the protocols of 2001::/23 are nowhere.
 */
export const IPV6_BLOCKS: Readonly<Record<Known, string>> = {
  africa: '2001:4200/23 2c00/12',
  'asia-pacific': '2001:200/23 2001:c00/22 2001:4400/23 2001:8000/19 2001:a000/19 2400/12 2410/12',
  'europe-middle-east':
    '2001:600/23 2001:800/22 2001:1400/22 2001:1a00/23 2001:1c00/22 2001:2000/20 2001:3000/21 2001:3800/22 2001:4000/23 2001:4600/23 ' +
    '2001:4a00/23 2001:4c00/23 2001:5000/20 2003/18 2a00/12 2a10/12',
  'latin-america': '2001:1200/23 2800/12',
  'north-america': '2001:400/23 2001:1800/23 2001:4800/23 2600/12 2610/23 2620/23 2630/12',
};
