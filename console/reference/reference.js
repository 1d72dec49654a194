/* global Scalar */

// The settings disable every feature that contacts Scalar's servers: fonts, and its own client.
Scalar.createApiReference('#reference', {
  url: '/console/openapi.json',
  withDefaultFonts: false,
  hideClientButton: true,
  persistAuth: false,
  defaultOpenAllTags: true,
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  metaData: { title: 'Global Datastore API' },
});
