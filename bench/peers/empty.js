// A handler that does nothing: the cost of Node and the runtime client.
export const handler = async () => ({ statusCode: 202, headers: {}, body: '' });
