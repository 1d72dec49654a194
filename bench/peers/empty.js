// What Node and the runtime client cost by themselves.
export const handler = async () => ({ statusCode: 202, headers: {}, body: '' });
