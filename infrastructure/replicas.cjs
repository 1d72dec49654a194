// Included by table.yml. osls loads CommonJS modules only.

/** Returns the replicas of the table: one in each region in which the API runs, the region of the stack first. */
module.exports = async ({ resolveVariable }) => {
  const regions = [await resolveVariable('aws:region'), ...(await resolveVariable('param:apiRegions')).split(/[\s,]+/)];
  const keys = JSON.parse(await resolveVariable('param:kmsKeys'));
  return [...new Set(regions.filter(Boolean))].map((Region) => ({
    Region,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    ...(keys[Region] && { SSESpecification: { KMSMasterKeyId: keys[Region] } }),
  }));
};
