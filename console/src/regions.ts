/** The city of each region, from west to east. Source: "Regions and Zones" of AWS. */
const cities: Readonly<Record<string, string>> = {
  'us-west-1': 'N. California',
  'us-west-2': 'Oregon',
  'us-gov-west-1': 'GovCloud West',
  'ca-west-1': 'Calgary',
  'mx-central-1': 'Querétaro',
  'us-east-2': 'Ohio',
  'us-gov-east-1': 'GovCloud East',
  'us-east-1': 'N. Virginia',
  'ca-central-1': 'Montréal',
  'sa-east-1': 'São Paulo',
  'eu-west-1': 'Ireland',
  'eu-south-2': 'Spain',
  'eu-west-2': 'London',
  'eu-west-3': 'Paris',
  'eu-central-2': 'Zurich',
  'eu-central-1': 'Frankfurt',
  'eu-south-1': 'Milan',
  'eu-north-1': 'Stockholm',
  'af-south-1': 'Cape Town',
  'il-central-1': 'Tel Aviv',
  'me-south-1': 'Bahrain',
  'me-central-1': 'UAE',
  'ap-south-1': 'Mumbai',
  'ap-south-2': 'Hyderabad',
  'ap-southeast-7': 'Bangkok',
  'ap-southeast-5': 'Kuala Lumpur',
  'ap-southeast-1': 'Singapore',
  'cn-northwest-1': 'Ningxia',
  'ap-southeast-3': 'Jakarta',
  'ap-east-1': 'Hong Kong',
  'cn-north-1': 'Beijing',
  'ap-east-2': 'Taipei',
  'ap-northeast-2': 'Seoul',
  'ap-northeast-3': 'Osaka',
  'ap-northeast-1': 'Tokyo',
  'ap-southeast-4': 'Melbourne',
  'ap-southeast-2': 'Sydney',
  'ap-southeast-6': 'Auckland',
};

/** The regions from west to east. */
export const knownRegions = Object.keys(cities);

/** Returns the city of a region, or an empty text for an unknown region. */
export const cityOf = (region: string): string => cities[region] ?? '';

/** Compares two regions from west to east. Unknown regions come last. */
export const fromWestToEast = (a: string, b: string): number => placeOf(a) - placeOf(b) || a.localeCompare(b);

const placeOf = (region: string): number =>
  knownRegions.includes(region) ? knownRegions.indexOf(region) : knownRegions.length;
