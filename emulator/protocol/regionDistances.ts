/** Latitude and longitude of each region, in degrees. Rough: AWS publishes cities and countries only. */
const places = `us-east-1 39 -77,us-east-2 40 -83,us-west-1 37 -122,us-west-2 46 -119,ca-central-1 45 -74,ca-west-1 51 -114,
mx-central-1 21 -100,sa-east-1 -24 -47,eu-west-1 53 -6,eu-west-2 51 0,eu-west-3 49 2,eu-central-1 50 9,eu-central-2 47 9,
eu-north-1 59 18,eu-south-1 45 9,eu-south-2 42 -1,af-south-1 -34 18,me-south-1 26 51,me-central-1 24 54,il-central-1 32 35,
ap-south-1 19 73,ap-south-2 17 78,ap-southeast-1 1 104,ap-southeast-2 -34 151,ap-southeast-3 -6 107,ap-southeast-4 -38 145,
ap-southeast-5 3 102,ap-southeast-6 -37 175,ap-southeast-7 14 101,ap-east-1 22 114,ap-east-2 25 122,ap-northeast-1 36 140,
ap-northeast-2 37 127,ap-northeast-3 35 135,us-gov-west-1 46 -119,us-gov-east-1 40 -83,cn-north-1 40 116,cn-northwest-1 38 105`;

const placeByRegion = new Map(
  places.split(/,\s*/).map((line) => {
    const [region = '', latitude, longitude] = line.split(' ');
    return [region, [radians(latitude), radians(longitude)] as const];
  }),
);

function radians(degrees: string | undefined): number {
  return (Number(degrees) * Math.PI) / 180;
}

/** Returns the time in ms from one region to another: the great circle at 150 km a ms. us-east-1 to eu-west-1: 36 ms. */
export function delayBetween(from: string, to: string): number {
  const [a, b] = [placeByRegion.get(from), placeByRegion.get(to)];
  if (!a || !b) return 50;
  const cosine = Math.sin(a[0]) * Math.sin(b[0]) + Math.cos(a[0]) * Math.cos(b[0]) * Math.cos(a[1] - b[1]);
  return Math.round((Math.acos(Math.min(1, cosine)) * 6371) / 150);
}
