/** The city and the longitude of each region. Source: "Regions and Zones" of AWS for the place; the longitude is that of the city. */
const places: Readonly<Record<string, readonly [city: string, longitude: number]>> = {
  'us-west-1': ['N. California', -122],
  'us-west-2': ['Oregon', -121],
  'us-gov-west-1': ['GovCloud West', -120],
  'ca-west-1': ['Calgary', -114],
  'mx-central-1': ['Querétaro', -100],
  'us-east-2': ['Ohio', -83],
  'us-gov-east-1': ['GovCloud East', -82],
  'us-east-1': ['N. Virginia', -78],
  'ca-central-1': ['Montréal', -74],
  'sa-east-1': ['São Paulo', -47],
  'eu-west-1': ['Ireland', -6],
  'eu-south-2': ['Spain', -1],
  'eu-west-2': ['London', 0],
  'eu-west-3': ['Paris', 2],
  'eu-central-2': ['Zurich', 8],
  'eu-central-1': ['Frankfurt', 8.7],
  'eu-south-1': ['Milan', 9],
  'eu-north-1': ['Stockholm', 18],
  'af-south-1': ['Cape Town', 18.4],
  'il-central-1': ['Tel Aviv', 35],
  'me-south-1': ['Bahrain', 50],
  'me-central-1': ['UAE', 54],
  'ap-south-1': ['Mumbai', 73],
  'ap-south-2': ['Hyderabad', 78],
  'ap-southeast-7': ['Bangkok', 100],
  'ap-southeast-5': ['Kuala Lumpur', 102],
  'ap-southeast-1': ['Singapore', 104],
  'cn-northwest-1': ['Ningxia', 106],
  'ap-southeast-3': ['Jakarta', 107],
  'ap-east-1': ['Hong Kong', 114],
  'cn-north-1': ['Beijing', 116],
  'ap-east-2': ['Taipei', 121],
  'ap-northeast-2': ['Seoul', 127],
  'ap-northeast-3': ['Osaka', 135],
  'ap-northeast-1': ['Tokyo', 140],
  'ap-southeast-4': ['Melbourne', 145],
  'ap-southeast-2': ['Sydney', 151],
  'ap-southeast-6': ['Auckland', 175],
};

/** The regions from west to east. */
export const knownRegions = Object.keys(places);

/** Returns the city of a region, or nothing for a region that this page does not know. */
export const cityOf = (region: string): string => places[region]?.[0] ?? '';

/** Compares two regions from west to east. */
export const fromWestToEast = (a: string, b: string): number =>
  (places[a]?.[1] ?? 180) - (places[b]?.[1] ?? 180) || a.localeCompare(b);
